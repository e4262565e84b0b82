import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { affiliateTexts as words } from '../texts-network.ts'
import { useForm } from '../use-form.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { MadeKey } from './made-key.tsx'
import { Section } from './page.tsx'

/** Keys that open an affiliate's portal to its own programs. */
export function AffiliateKeys({ affiliateId: id }: { readonly affiliateId: string }) {
  const queries = useQueryClient()
  const mayChange = useMayChange()
  const [opened, { open, close }] = useDisclosure()
  const queryKey = ['affiliate-keys', id]
  const query = useQuery({
    queryKey,
    queryFn: () => answerOf(api.GET('/api/v1/affiliates/{id}/api-keys', { params: { path: { id } } })),
  })
  const revoke = async (keyId: string) => {
    const params = { path: { id, keyId } }
    await answerOf(api.DELETE('/api/v1/affiliates/{id}/api-keys/{keyId}', { params }))
    await queries.invalidateQueries({ queryKey })
  }
  return (
    <Section title={words.keys} aside={words.keysAside}>
      <Loaded query={query}>
        {({ items }) => (
          <Stack gap="xs">
            {items.length === 0 && <Text size="sm">{words.noKeys}</Text>}
            {items.map((key) => (
              <Group key={key.id} justify="space-between" wrap="nowrap">
                <Text size="sm" truncate>
                  {key.name} · <code>{key.prefix}…</code>
                </Text>
                {key.revokedAt !== null && (
                  <Text size="sm" c="dimmed">
                    {words.revoked}
                  </Text>
                )}
                {key.revokedAt === null && mayChange && (
                  <ConfirmButton
                    label={words.revoke}
                    ariaLabel={`${words.revoke}: ${key.name}`}
                    title={key.name}
                    text={words.revokeAsk(key.name)}
                    isGrave
                    run={() => revoke(key.id)}
                    button={{ size: 'compact-xs' }}
                  />
                )}
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
      {mayChange && (
        <Button variant="default" size="xs" w="fit-content" onClick={open}>
          {words.addKey}
        </Button>
      )}
      <Modal opened={opened} onClose={close} title={words.addKey} centered>
        <NewKey affiliateId={id} onDone={close} />
      </Modal>
    </Section>
  )
}

function NewKey({ affiliateId: id, onDone }: { readonly affiliateId: string; readonly onDone: () => void }) {
  const queries = useQueryClient()
  const [made, setMade] = useState('')
  const form = useForm({ name: '' }, async (body) => {
    const params = { path: { id } }
    const { key } = await answerOf(api.POST('/api/v1/affiliates/{id}/api-keys', { params, body }))
    setMade(key)
    await queries.invalidateQueries({ queryKey: ['affiliate-keys', id] })
  })
  if (made !== '') return <MadeKey value={made} words={words} onDone={onDone} />
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.keyName} required data-autofocus />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {texts.form.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
