import { Button, Modal, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { useItems } from '../resource.ts'
import {
  type AlertChannel,
  alertChannels,
  hostOf,
  labelOfTarget,
  targetSystems,
  useAlertChannels,
} from '../resources-notifications.ts'
import { channelTexts as words } from '../texts-alerts.ts'
import { targetPageTexts } from '../texts-targets.ts'
import { ChannelForm } from './channel-form.tsx'
import { ChannelTest } from './channel-test.tsx'
import { DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { Icon } from './icon.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { Shortened } from './shortened.tsx'
import { TargetActions } from './target-actions.tsx'
import { TargetHealth, TargetStatus } from './target-standing.tsx'

type Editing = { readonly channel: AlertChannel | undefined }

/** Who is told of alerts. */
export function AlertChannels() {
  const query = useAlertChannels()
  const [editing, setEditing] = useState<Editing>()
  const close = () => setEditing(undefined)
  const create = (
    <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEditing({ channel: undefined })}>
      {words.create}
    </Button>
  )
  return (
    <Section title={words.title} aside={words.lead}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="bell" title={words.emptyTitle} text={words.emptyText} action={create} />
          ) : (
            <>
              <ChannelTable items={items} onEdit={(channel) => setEditing({ channel })} />
              <div>{create}</div>
            </>
          )
        }
      </Loaded>
      <Modal
        opened={editing !== undefined}
        onClose={close}
        title={editing?.channel === undefined ? words.create : words.changeTitle}
        centered
      >
        {editing !== undefined && (
          <ChannelForm channel={editing.channel} hasMail={query.data?.hasMail ?? false} onDone={close} />
        )}
      </Modal>
    </Section>
  )
}

type ChannelTableProps = {
  readonly items: readonly AlertChannel[]
  readonly onEdit: (channel: AlertChannel) => void
}

function ChannelTable({ items, onEdit }: ChannelTableProps) {
  const systems = useItems(targetSystems).data ?? []
  return (
    <DataTable
      label={words.title}
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'system',
          header: words.system,
          cell: (channel) => <Text size="sm">{labelOfTarget(channel, systems)}</Text>,
        },
        { key: 'to', header: words.to, cell: (channel) => <Shortened text={goalOf(channel)} width={220} /> },
        {
          key: 'status',
          header: targetPageTexts.status,
          cell: (channel) => <TargetStatus target={channel} />,
        },
        {
          key: 'health',
          header: targetPageTexts.health,
          cell: (channel) => <TargetHealth target={channel} />,
        },
        {
          key: 'actions',
          header: '',
          numeric: true,
          cell: (channel) => <Actions channel={channel} onEdit={onEdit} />,
        },
      ]}
    />
  )
}

/** Where its messages go, as far as it is no secret. */
function goalOf({ settings, url }: AlertChannel): string {
  return settings.to ?? settings.chatId ?? hostOf(url)
}

type ActionsProps = { readonly channel: AlertChannel; readonly onEdit: (channel: AlertChannel) => void }

function Actions({ channel, onEdit }: ActionsProps) {
  const queries = useQueryClient()
  const { id, status } = channel
  const params = { path: { id } }
  const reload = () => queries.invalidateQueries({ queryKey: [alertChannels.name] })
  return (
    <TargetActions
      status={status}
      words={words}
      before={<ChannelTest id={id} />}
      setStatus={async (to) => {
        await answerOf(api.PATCH('/api/v1/alert-channels/{id}', { params, body: { status: to } }))
        await reload()
      }}
      onEdit={() => onEdit(channel)}
      remove={async () => {
        await answerOf(api.DELETE('/api/v1/alert-channels/{id}', { params }))
        await reload()
      }}
    />
  )
}
