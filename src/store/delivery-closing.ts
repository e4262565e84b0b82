import { type RawBuilder, sql } from 'kysely'
import type { LaneKey } from './delivery-lanes.ts'
import { passingOverLocked } from './row-locks.ts'
import type { Db } from './transaction.ts'

/** Why a target was disabled whose receiver said that it is gone for good, and why its deliveries end. */
export const TARGET_GONE = 'target_gone'
/** Why deliveries of a target end that is not there any more. */
const TARGET_DELETED = 'target deleted'
/** Of a target that closes, so many of its newest deliveries are looked at right away. */
const NEWEST_ROWS = 500

/**
 * Cancels what waits in a lane whose target is closed: deleted, or gone. Whether it is, is asked in the same statement;
 * of one that was switched on again nothing is cancelled. What somebody is recording right now is passed over.
 * @returns how many; `limit` of them when there may be more.
 */
export async function cancelClosedLane(
  db: Db,
  { host, targetId, now, limit }: LaneKey & { readonly now: number; readonly limit: number },
): Promise<number> {
  return await cancelClosed(db, {
    now,
    rows: sql`
      select id from deliveries where state = 'pending' and host = ${host} and target_id = ${targetId}
      order by due_at limit ${limit}
    `,
  })
}

/** The same right when a target closes, for the newest of its deliveries; a worker's sweep cancels the others. */
export async function cancelNewestOfClosed(
  db: Db,
  target: { readonly id: string; readonly workspace: string; readonly now: number },
): Promise<void> {
  await cancelClosed(db, {
    now: target.now,
    rows: sql`
      select id from deliveries where workspace = ${target.workspace} and target_id = ${target.id}
      order by created_at desc, id desc limit ${NEWEST_ROWS}
    `,
  })
}

/** @param batch.rows ids: a bounded number, found by an index. */
async function cancelClosed(
  db: Db,
  { rows, now }: { readonly rows: RawBuilder<unknown>; readonly now: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with closed as materialized (
      select waiting.id,
        case when target.id is null then ${sql.lit(TARGET_DELETED)} else ${sql.lit(TARGET_GONE)} end as reason
      from (${rows}) as looked
        join deliveries as waiting on waiting.id = looked.id
        left join notification_targets as target on target.id = waiting.target_id
      where waiting.state = 'pending' and ${isClosed}
      order by waiting.id
      ${passingOverLocked(db, ['waiting'])}
    )
    update deliveries
    set state = 'cancelled', reason = closed.reason, lease_owner = null, lease_until = null, updated_at = ${now}
    from closed where deliveries.id = closed.id and deliveries.state = 'pending'
  `.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** Of `target`, joined from the left: nothing is ever sent for it again, unless its owner changes it. */
export const isClosed = sql<boolean>`(
  target.id is null or (target.status = 'disabled' and target.disabled_reason = ${sql.lit(TARGET_GONE)})
)`
