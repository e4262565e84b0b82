import { type SqlBool, sql } from 'kysely'
import type { DeliveryState } from '../domain/target-types.ts'
import { canBeSent, dueAnew, fillHosts } from './deliveries.ts'
import { type DeliveryFilter, deliveriesToLookAt, fitsRest } from './delivery-filter.ts'
import { bringForward } from './delivery-order.ts'
import type { OwnedId } from './owned.ts'
import { lockDeliveries } from './row-locks.ts'
import { type Db, inTransaction } from './transaction.ts'

/** What a replay may make due again: a rule kept the skipped ones back, and pixels have no browser any more. */
export const REPLAYABLE_STATES = ['dead', 'cancelled', 'delivered'] as const satisfies DeliveryState[]
/** Rows that a count looks at, at most. */
export const COUNTED_ROWS_MAX = 50_000
/** Targets that a count names, those with the most first. */
const COUNTED_TARGETS_MAX = 100

/** Where a walk over deliveries, oldest first, goes on: behind the row that was made then and has this id. */
export type WalkCursor = { readonly at: number; readonly id: string }

export type BulkStep = {
  readonly workspace: string
  readonly filter: DeliveryFilter
  /** Null at the start. */
  readonly after: WalkCursor | null
  /** When it was ordered, Unix milliseconds: what was made later stays as it is. */
  readonly orderedAt: number
  /** Rows looked at, and so the most that are changed. */
  readonly rows: number
  readonly now: number
}

export type BulkStepResult = {
  readonly changed: number
  /** Null when there is nothing behind it. */
  readonly next: WalkCursor | null
}

/**
 * Makes the deliveries of one step due again, with a fresh retry schedule and without their expiry. What changed
 * since the order was given is left alone, and so a step that is done again after a crash changes nothing twice:
 * neither what it has made due itself nor what somebody else sent meanwhile. Deliveries of a target that is deleted
 * have nobody to be sent to.
 */
export async function replayStep(db: Db, step: BulkStep): Promise<BulkStepResult> {
  const now = Math.max(step.now, step.orderedAt + 1)
  const { ids, next } = await lookAtStep(db, step)
  if (ids.length === 0) return { changed: 0, next }
  const changed = await inTransaction(db, async (trx) => {
    await lockDeliveries(trx, ids)
    const rows = await trx
      .updateTable('deliveries')
      .set(dueAnew(now))
      .where('id', 'in', ids)
      .where('state', 'in', REPLAYABLE_STATES)
      .where('updated_at', '<=', step.orderedAt)
      .where(canBeSent())
      .returning('id')
      .execute()
    const replayed = rows.map(({ id }) => id)
    if (replayed.length > 0) await fillHosts(trx, replayed)
    await bringForward(trx, replayed)
    return replayed.length
  })
  return { changed, next }
}

/** Cancels what waits among the deliveries of one step, also what is being sent: its attempt is recorded, no more. */
export async function cancelStep(
  db: Db,
  step: BulkStep & { readonly reason: string },
): Promise<BulkStepResult> {
  const { ids, next } = await lookAtStep(db, step)
  if (ids.length === 0) return { changed: 0, next }
  const changed = await inTransaction(db, async (trx) => {
    await lockDeliveries(trx, ids)
    const result = await trx
      .updateTable('deliveries')
      .set(cancelled(step))
      .where('id', 'in', ids)
      .where('state', '=', sql.lit('pending'))
      .executeTakeFirst()
    await bringForward(trx, ids)
    return Number(result.numUpdatedRows)
  })
  return { changed, next }
}

/** @returns false when it does not wait, or is not there. */
export async function cancelDelivery(
  db: Db,
  key: OwnedId,
  how: { readonly reason: string; readonly now: number },
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const result = await trx
      .updateTable('deliveries')
      .set(cancelled(how))
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('state', '=', sql.lit('pending'))
      .executeTakeFirst()
    if (result.numUpdatedRows === 0n) return false
    await bringForward(trx, [key.id])
    return true
  })
}

function cancelled({ reason, now }: { readonly reason: string; readonly now: number }) {
  return { state: 'cancelled' as const, reason, lease_owner: null, lease_until: null, updated_at: now }
}

/**
 * The rows of a step that match, and where it ends: of one moment, since the rows that a filter looks at may be
 * those that the step changes, and then are others afterwards.
 */
async function lookAtStep(
  db: Db,
  step: BulkStep,
): Promise<{ readonly ids: readonly string[]; readonly next: WalkCursor | null }> {
  const looked = oldestFirst(db, step).selectAll().limit(step.rows)
  const rows = await db
    .selectFrom(looked.as('deliveries'))
    .select([
      'id',
      'created_at',
      sql<number>`case when ${fitsRest(step.filter)} then 1 else 0 end`.as('fits'),
    ])
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const last = rows.at(-1)
  const isFull = rows.length === step.rows && last !== undefined
  return {
    ids: rows.filter(({ fits }) => fits === 1).map(({ id }) => id),
    next: isFull ? { at: last.created_at, id: last.id } : null,
  }
}

function oldestFirst(db: Db, { workspace, filter, after, orderedAt }: BulkStep) {
  const query = deliveriesToLookAt(db, workspace, filter)
    .where('created_at', '<=', orderedAt)
    .orderBy('created_at')
    .orderBy('id')
  if (after === null) return query
  return query.where(sql<SqlBool>`(created_at, id) > (${after.at}, ${after.id})`)
}

export type DeliveryCounts = {
  readonly total: number
  readonly byState: readonly { readonly state: DeliveryState; readonly count: number }[]
  /** The most first, and no more than COUNTED_TARGETS_MAX. */
  readonly byTarget: readonly { readonly targetId: string; readonly count: number }[]
  /** When the oldest delivery that was looked at was made, Unix milliseconds; null when all were. */
  readonly searchedTo: number | null
}

/** Counts what fits among the newest COUNTED_ROWS_MAX rows. `replayable`: what a replay would make due. */
export async function countDeliveries(
  db: Db,
  workspace: string,
  filter: DeliveryFilter,
  { replayable }: { readonly replayable: boolean },
): Promise<DeliveryCounts> {
  const newest = deliveriesToLookAt(db, workspace, filter).orderBy('created_at', 'desc').orderBy('id', 'desc')
  const rows = await db
    .selectFrom(newest.selectAll().limit(COUNTED_ROWS_MAX).as('deliveries'))
    .where(fitsRest(filter))
    .$if(replayable, (query) => query.where('state', 'in', REPLAYABLE_STATES).where(canBeSent()))
    .groupBy(['deliveries.state', 'deliveries.target_id'])
    .select(['deliveries.state', 'deliveries.target_id', (eb) => eb.fn.countAll<number>().as('count')])
    .execute()
  const end = await newest
    .select('created_at')
    .limit(1)
    .offset(COUNTED_ROWS_MAX - 1)
    .executeTakeFirst()
  return { ...sumUp(rows), searchedTo: end?.created_at ?? null }
}

function sumUp(
  rows: readonly { state: DeliveryState; target_id: string; count: number | string | bigint }[],
) {
  const states = new Map<DeliveryState, number>()
  const targets = new Map<string, number>()
  let total = 0
  for (const row of rows) {
    const count = Number(row.count)
    total += count
    states.set(row.state, (states.get(row.state) ?? 0) + count)
    targets.set(row.target_id, (targets.get(row.target_id) ?? 0) + count)
  }
  const mostFirst = [...targets].sort(([, a], [, b]) => b - a).slice(0, COUNTED_TARGETS_MAX)
  return {
    total,
    byState: [...states].map(([state, count]) => ({ state, count })),
    byTarget: mostFirst.map(([targetId, count]) => ({ targetId, count })),
  }
}
