import { Anchor, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { MadeKey } from '../parts/made-key.tsx'
import { type Listed, useItems } from '../resource.ts'
import { type Role, useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { useForm } from '../use-form.ts'

type ApiKey = components['schemas']['ApiKey']

const words = texts.settings

const keys: Listed<ApiKey> = {
  name: 'api-keys',
  list: (query) => answerOf(api.GET('/api/v1/api-keys', { params: { query } })),
}

/** Keys for the user's own programs: made, shown once, revoked. */
export function ApiKeys() {
  const query = useItems(keys)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<Icon name="plus" size={14} />} onClick={open}>
      {words.keyCreate}
    </Button>
  )
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" flex="1 1 260px">
          {words.keysLead}{' '}
          <Anchor href="/api/v1/openapi.json" target="_blank" inherit underline="always">
            {words.apiDocs}
          </Anchor>
        </Text>
        {query.data !== undefined && query.data.length > 0 && create}
      </Group>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="key" title={words.keysEmptyTitle} text={words.keysEmptyText} action={create} />
          ) : (
            <KeyTable items={items} />
          )
        }
      </Loaded>
      <Modal opened={opened} onClose={close} title={words.keyCreate} centered>
        <NewKey onDone={close} />
      </Modal>
    </Stack>
  )
}

function KeyTable({ items }: { readonly items: readonly ApiKey[] }) {
  const { timeZone } = useMe().workspace
  return (
    <DataTable
      label={words.tabs['api-keys']}
      rows={items}
      rowKey={(key) => key.id}
      columns={[
        { key: 'name', header: texts.form.name, cell: (key) => key.name },
        {
          key: 'role',
          header: words.keyRole,
          cell: (key) => (isKey(words.roles, key.role) ? words.roles[key.role] : words.affiliateKey),
        },
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

type NewKeyValues = { readonly name: string; readonly role: Role }

function NewKey({ onDone }: { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const [made, setMade] = useState('')
  const form = useForm<NewKeyValues>({ name: '', role: 'manager' }, async (body) => {
    const { key } = await answerOf(api.POST('/api/v1/api-keys', { body }))
    setMade(key)
    await queries.invalidateQueries({ queryKey: [keys.name] })
  })
  if (made !== '') return <MadeKey value={made} words={words} onDone={onDone} />
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.keyName} required data-autofocus />
        <Select
          label={words.keyRole}
          data={toOptions(words.roles)}
          value={form.values.role}
          error={form.errorOf('role')}
          onChange={(chosen) => isKey(words.roles, chosen) && form.set({ role: chosen })}
          allowDeselect={false}
        />
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
    mutationFn: () => answerOf(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id: apiKey.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: [keys.name] }),
  })
  if (apiKey.revokedAt !== null)
    return (
      <Text size="sm" c="dimmed">
        {words.keyRevoked}
      </Text>
    )
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
