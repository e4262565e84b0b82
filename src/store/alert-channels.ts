import { getNotificationTarget, type StoredTarget, toTarget } from './notification-targets.ts'
import type { OwnedId } from './owned.ts'
import type { Db } from './transaction.ts'

/** Channels of alerts are notification targets of their own owner type: an alert is sent, tried again and logged as any call. */

/** Oldest first. */
export async function alertChannelsOf(db: Db, workspace: string): Promise<readonly StoredTarget[]> {
  const rows = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('owner_type', '=', 'alerts')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toTarget)
}

/**
 * Those of a workspace for a transaction that writes messages to them: another one waits until it ends, since messages
 * of a channel are numbered in order. An update, since it locks on both engines.
 */
export async function lockAlertChannels(db: Db, workspace: string): Promise<readonly StoredTarget[]> {
  await db
    .updateTable('notification_targets')
    .set((set) => ({ updated_at: set.ref('updated_at') }))
    .where('workspace', '=', workspace)
    .where('owner_type', '=', 'alerts')
    .execute()
  return await alertChannelsOf(db, workspace)
}

/** Of the messages to a channel that are kept; 0 when there is none. */
export async function lastTransition(db: Db, channelId: string): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select((select) => select.fn.max('transition').as('last'))
    .where('conversion_id', '=', channelId)
    .where('target_id', '=', channelId)
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

/** Undefined for a target of any other owner. */
export async function getAlertChannel(db: Db, key: OwnedId): Promise<StoredTarget | undefined> {
  const target = await getNotificationTarget(db, key)
  return target?.ownerType === 'alerts' ? target : undefined
}

/** Workspaces that have one which is not switched off. */
export async function workspacesWithChannels(db: Db): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('notification_targets')
    .select('workspace')
    .distinct()
    .where('owner_type', '=', 'alerts')
    .where('status', '<>', 'disabled')
    .execute()
  return new Set(rows.map(({ workspace }) => workspace))
}
