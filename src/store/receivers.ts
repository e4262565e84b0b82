import type { NotificationTarget } from '../domain/target-types.ts'
import type { Db } from './transaction.ts'

/** What a target that is called is known by; nothing secret, and no more of its URL than one needs to cut the host from it. */
export type Receiver = Pick<NotificationTarget, 'ownerType' | 'system' | 'url'>

/** Whom deliveries go to, by id: targets, webhooks and channels of alerts alike; those that are deleted are not among them. */
export async function loadReceivers(
  db: Db,
  workspace: string,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, Receiver>> {
  if (targetIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('notification_targets')
    .select(['id', 'owner_type', 'system', 'url'])
    .where('workspace', '=', workspace)
    .where('id', 'in', [...new Set(targetIds)])
    .execute()
  return new Map(rows.map(({ id, owner_type: ownerType, system, url }) => [id, { ownerType, system, url }]))
}
