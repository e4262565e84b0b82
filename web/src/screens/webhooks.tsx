import { Anchor, Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { WEBHOOK_EVENTS } from '../../../src/domain/webhook-events.ts'
import { showSampleBody } from '../../../src/domain/webhook-sample.ts'
import { answerOf, api } from '../api.ts'
import { CopyField } from '../parts/copy-field.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { MadeKey } from '../parts/made-key.tsx'
import { RawText } from '../parts/raw-text.tsx'
import { RotateSecret } from '../parts/rotate-secret.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { TargetActions } from '../parts/target-actions.tsx'
import { HEALTH_REFRESH_MS, TargetHealth, TargetStatus } from '../parts/target-standing.tsx'
import { TestCall } from '../parts/target-test.tsx'
import { useItems } from '../resource.ts'
import { type Webhook, webhooks } from '../resources-network.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { webhookTexts as words } from '../texts-billing.ts'
import { targetPageTexts } from '../texts-targets.ts'
import { webhookGuideTexts as guide, VERIFY_SNIPPET } from '../texts-webhooks.ts'
import { useForm } from '../use-form.ts'

type EventName = keyof typeof words.eventNames
type Editing = { readonly webhook: Webhook | undefined }

/** Signed calls to one's own systems. */
export function Webhooks() {
  const query = useItems(webhooks, { refreshMs: HEALTH_REFRESH_MS })
  const [editing, setEditing] = useState<Editing>()
  const close = () => setEditing(undefined)
  const create = (
    <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEditing({ webhook: undefined })}>
      {words.create}
    </Button>
  )
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" flex="1 1 260px">
          {words.lead}
        </Text>
        {query.data !== undefined && query.data.length > 0 && create}
      </Group>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="event" title={words.emptyTitle} text={words.emptyText} action={create} />
          ) : (
            <WebhookTable items={items} onEdit={(webhook) => setEditing({ webhook })} />
          )
        }
      </Loaded>
      <Guide />
      <Modal
        opened={editing !== undefined}
        onClose={close}
        title={editing?.webhook === undefined ? words.create : words.changeTitle}
        centered
      >
        {editing !== undefined && <WebhookForm webhook={editing.webhook} onDone={close} />}
      </Modal>
    </Stack>
  )
}

/** For whoever writes the receiver. */
function Guide() {
  return (
    <Fold title={guide.title} aside={guide.aside} isUsed={false}>
      <RawText title={guide.body}>{showSampleBody()}</RawText>
      <Text size="sm">{guide.bodyHint(WEBHOOK_EVENTS.length)}</Text>
      <Text size="sm">{guide.check}</Text>
      <CopyField label={guide.node} value={VERIFY_SNIPPET} />
      <Text size="sm">{guide.again}</Text>
    </Fold>
  )
}

type WebhookTableProps = {
  readonly items: readonly Webhook[]
  readonly onEdit: (webhook: Webhook) => void
}

function WebhookTable({ items, onEdit }: WebhookTableProps) {
  return (
    <DataTable
      label={words.changeTitle}
      rows={items}
      rowKey={(webhook) => webhook.id}
      columns={[
        { key: 'url', header: words.url, cell: (webhook) => <Shortened text={webhook.url} width={190} /> },
        {
          key: 'events',
          header: words.events,
          cell: (webhook) => <Shortened text={namesOf(webhook.events)} width={200} />,
        },
        {
          key: 'status',
          header: words.status,
          cell: (webhook) => <TargetStatus target={webhook} />,
        },
        {
          key: 'health',
          header: targetPageTexts.health,
          cell: (webhook) => (
            <Stack gap={2} miw={100}>
              <TargetHealth target={webhook} />
              <Anchor href={`/deliveries?targetId=${webhook.id}`} size="xs">
                {targetPageTexts.log}
              </Anchor>
            </Stack>
          ),
        },
        {
          key: 'actions',
          header: '',
          numeric: true,
          cell: (webhook) => <Actions webhook={webhook} onEdit={onEdit} />,
        },
      ]}
    />
  )
}

function namesOf(events: readonly string[]): string {
  if (events.length === 0) return words.everything
  return events.map((event) => (isKey(words.eventNames, event) ? words.eventNames[event] : event)).join(', ')
}

type ActionsProps = { readonly webhook: Webhook; readonly onEdit: (webhook: Webhook) => void }

function Actions({ webhook, onEdit }: ActionsProps) {
  const queries = useQueryClient()
  const params = { path: { id: webhook.id } }
  const reload = () => queries.invalidateQueries({ queryKey: [webhooks.name] })
  return (
    <TargetActions
      status={webhook.status}
      words={words}
      before={
        <TestCall
          title={guide.test}
          lead={guide.testLead}
          size="compact-xs"
          run={() => answerOf(api.POST('/api/v1/webhooks/{id}/test', { params }))}
        />
      }
      setStatus={async (status) => {
        await answerOf(api.PATCH('/api/v1/webhooks/{id}', { params, body: { status } }))
        await reload()
      }}
      between={
        <RotateSecret
          size="compact-xs"
          rotate={(overlapHours) =>
            answerOf(api.POST('/api/v1/webhooks/{id}/rotate-secret', { params, body: { overlapHours } }))
          }
          onDone={() => void reload()}
        />
      }
      onEdit={() => onEdit(webhook)}
      remove={async () => {
        await answerOf(api.DELETE('/api/v1/webhooks/{id}', { params }))
        await reload()
      }}
    />
  )
}

/** Of the secret that a new webhook is given. */
const SECRET_WORDS = { keyReady: words.secret, keyReadyHint: words.secretHint, keyDone: words.done }

type WebhookFormProps = { readonly webhook: Webhook | undefined; readonly onDone: () => void }

function WebhookForm({ webhook, onDone }: WebhookFormProps) {
  const queries = useQueryClient()
  const [secret, setSecret] = useState('')
  const form = useForm(toValues(webhook), async (body) => {
    if (webhook === undefined) {
      setSecret((await answerOf(api.POST('/api/v1/webhooks', { body }))).secret)
    } else {
      const params = { path: { id: webhook.id } }
      await answerOf(api.PATCH('/api/v1/webhooks/{id}', { params, body }))
    }
    await queries.invalidateQueries({ queryKey: [webhooks.name] })
    if (webhook !== undefined) onDone()
  })
  if (secret !== '') return <MadeKey value={secret} words={SECRET_WORDS} onDone={onDone} />
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput
          {...form.text('url')}
          label={words.url}
          description={words.urlHint}
          placeholder="https://"
          required
          data-autofocus
        />
        <MultiSelect
          label={words.events}
          description={words.eventsHint}
          data={toOptions(words.eventNames)}
          value={form.values.events}
          error={form.errorOf('events')}
          onChange={(chosen) => form.set({ events: knownEvents(chosen) })}
        />
        <Select
          label={words.status}
          data={toOptions(targetPageTexts.statuses)}
          value={form.values.status}
          onChange={(status) => isKey(targetPageTexts.statuses, status) && form.set({ status })}
          allowDeselect={false}
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {webhook === undefined ? texts.form.create : texts.form.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function toValues(webhook: Webhook | undefined) {
  return {
    url: webhook?.url ?? '',
    events: knownEvents(webhook?.events ?? []),
    status: webhook?.status ?? ('active' as const),
  }
}

function knownEvents(names: readonly string[]): EventName[] {
  return names.filter((name) => isKey(words.eventNames, name))
}
