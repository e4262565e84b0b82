import { getNotificationTarget, type StoredTarget, toTarget } from './notification-targets.ts'
import type { OwnedId } from './owned.ts'
import type { Db } from './transaction.ts'

/** A workspace's webhooks are notification targets of the workspace itself: called like them, and told of events. */

/** Oldest first. */
export async function webhooksOf(db: Db, workspace: string): Promise<readonly StoredTarget[]> {
  const rows = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('owner_type', '=', 'workspace')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toTarget)
}

/** Undefined for a target of any other owner. */
export async function getWebhook(db: Db, key: OwnedId): Promise<StoredTarget | undefined> {
  const target = await getNotificationTarget(db, key)
  return target?.ownerType === 'workspace' ? target : undefined
}
