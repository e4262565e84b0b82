import { Group } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { useItems, useNames } from '../resource.ts'
import { campaigns, type NotificationTarget, sources, targets } from '../resources.ts'
import { labelOfTarget, targetSystems } from '../resources-notifications.ts'
import { useMayChange } from '../session.ts'
import { isKey } from '../texts.ts'
import { targetPageTexts as words } from '../texts-targets.ts'
import { DataTable } from './data-table.tsx'
import { Shortened } from './shortened.tsx'
import { PauseButton, TargetHealth, TargetStatus } from './target-standing.tsx'

type TargetTableProps = {
  readonly items: readonly NotificationTarget[]
  /** False where all are of one. */
  readonly withOwner?: boolean
}

/** Targets, each with its status and health; a row leads to the target. */
export function TargetTable({ items, withOwner = true }: TargetTableProps) {
  const systems = useItems(targetSystems).data ?? []
  const ownerOf = useOwnerName()
  const mayChange = useMayChange()
  const change = useChangeStatus()
  const owner = {
    key: 'owner',
    header: words.owner,
    cell: (target: NotificationTarget) => <Shortened text={ownerOf(target)} width={220} />,
  }
  return (
    <DataTable
      label={words.title}
      rows={items}
      rowKey={({ id }) => id}
      href={({ id }) => `/notification-targets/${id}`}
      columns={[
        { key: 'target', header: words.target, cell: (target) => labelOfTarget(target, systems) },
        ...(withOwner ? [owner] : []),
        { key: 'status', header: words.status, cell: (target) => <TargetStatus target={target} /> },
        { key: 'health', header: words.health, cell: (target) => <TargetHealth target={target} /> },
        {
          key: 'actions',
          header: '',
          numeric: true,
          cell: (target) =>
            mayChange && (
              <Group justify="flex-end">
                <PauseButton
                  status={target.status}
                  size="compact-xs"
                  name={labelOfTarget(target, systems)}
                  change={(status) => change(target.id, status)}
                />
              </Group>
            ),
        },
      ]}
    />
  )
}

/** Whose a target is, e.g. "Traffic source PropellerAds". */
export function useOwnerName(): (target: NotificationTarget) => string {
  const sourceName = useNames(sources)
  const campaignName = useNames(campaigns)
  return ({ ownerType, ownerId }) => {
    const kind = isKey(words.owners, ownerType) ? words.owners[ownerType] : ownerType
    if (ownerType === 'traffic_source') return `${kind} ${sourceName(ownerId)}`
    return ownerType === 'campaign' ? `${kind} ${campaignName(ownerId)}` : kind
  }
}

/** Pauses a target, or lets it go on. */
export function useChangeStatus() {
  const queries = useQueryClient()
  return async (id: string, status: NotificationTarget['status']): Promise<void> => {
    const params = { path: { id } }
    await answerOf(api.PATCH('/api/v1/notification-targets/{id}', { params, body: { status } }))
    await queries.invalidateQueries({ queryKey: [targets.name] })
  }
}
