import { Anchor, Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { CopyField } from '../parts/copy-field.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { MadeKey } from '../parts/made-key.tsx'
import { Page, Section } from '../parts/page.tsx'
import { type Listed, useItems } from '../resource.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { useForm } from '../use-form.ts'

type ApiKey = components['schemas']['ApiKey']
const words = texts.settings
const own = portalTexts.keys

const keys: Listed<ApiKey> = {
  name: 'portal/api-keys',
  list: (query) => answerOf(api.GET('/api/v1/portal/api-keys', { params: { query } })),
}

/** Keys for the affiliate's own programs: made, shown once, revoked. */
export function PortalApiKeys() {
  const query = useItems(keys)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<Icon name="plus" size={14} />} onClick={open}>
      {words.keyCreate}
    </Button>
  )
  const isEmpty = query.data?.length === 0
  return (
    <Page title={own.title} lead={own.lead} actions={!isEmpty && create}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="key" title={words.keysEmptyTitle} text={own.emptyText} action={create} />
          ) : (
            <KeyTable items={items} />
          )
        }
      </Loaded>
      <Section title={own.example} aside={own.exampleText}>
        <CopyField
          label={own.exampleCall}
          value={`curl -H 'Authorization: Bearer tp_…' '${location.origin}/api/v1/portal/conversions?limit=20'`}
        />
      </Section>
      <Anchor href="/api/v1/openapi.json" target="_blank" size="sm">
        {words.apiDocs}
      </Anchor>
      <Modal opened={opened} onClose={close} title={words.keyCreate} centered>
        <NewKey onDone={close} />
      </Modal>
    </Page>
  )
}

function KeyTable({ items }: { readonly items: readonly ApiKey[] }) {
  const { timeZone } = useMe().workspace
  return (
    <DataTable
      label={own.title}
      rows={items}
      rowKey={(key) => key.id}
      columns={[
        { key: 'name', header: texts.form.name, cell: (key) => key.name },
        { key: 'prefix', header: words.keyPrefix, cell: (key) => <code>{key.prefix}…</code> },
        { key: 'created', header: texts.form.created, cell: (key) => formatTime(key.createdAt, timeZone) },
        {
          key: 'used',
          header: words.keyLastUsed,
          cell: (key) => (key.lastUsedAt === null ? words.keyNever : formatTime(key.lastUsedAt, timeZone)),
        },
        { key: 'revoke', header: '', numeric: true, cell: (key) => <Revoke apiKey={key} /> },
      ]}
    />
  )
}

function NewKey({ onDone }: { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const [made, setMade] = useState('')
  const form = useForm({ name: '' }, async (body) => {
    const { key } = await answerOf(api.POST('/api/v1/portal/api-keys', { body }))
    setMade(key)
    await queries.invalidateQueries({ queryKey: [keys.name] })
  })
  if (made !== '') return <MadeKey value={made} words={words} onDone={onDone} />
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.keyName} required data-autofocus />
        <FormProblem problem={form.problem} />
        <Button type="submit" loading={form.saving}>
          {texts.form.create}
        </Button>
      </Stack>
    </form>
  )
}

function Revoke({ apiKey }: { readonly apiKey: ApiKey }) {
  const queries = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(api.DELETE('/api/v1/portal/api-keys/{id}', { params: { path: { id: apiKey.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: [keys.name] }),
  })
  if (apiKey.revokedAt !== null) {
    return (
      <Text size="sm" c="dimmed">
        {words.keyRevoked}
      </Text>
    )
  }
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        {words.keyRevoke}
      </Button>
      <Modal opened={opened} onClose={close} title={apiKey.name} centered>
        <Text mb="lg">{words.keyRevokeAsk(apiKey.name)}</Text>
        <FormProblem problem={revoke.error?.message} />
        <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          {words.keyRevoke}
        </Button>
      </Modal>
    </>
  )
}
