import { type Insertable, type Selectable, sql } from 'kysely'
import type { TargetSystem } from '../domain/target-systems/target-system.ts'
import type { DeliveryState } from '../domain/target-types.ts'
import { isNextForTarget } from './delivery-order.ts'
import { inChunks } from './in-chunks.ts'
import type { SqlEngine } from './open-store.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

type DeliveryRow = Selectable<Database['deliveries']>
type AttemptRow = Selectable<Database['delivery_attempts']>

/** One outgoing call for one transition of one conversion and one target. */
export type Delivery = {
  /** Stable over all attempts: the receiver's key against duplicates. */
  readonly id: string
  readonly workspace: string
  readonly conversionId: string
  readonly transition: number
  readonly targetId: string
  /** Whose target it is, on the network's side; '' otherwise. */
  readonly affiliateId: string
  readonly clickId: string
  readonly type: string
  readonly method: string
  readonly url: string
  readonly body: string
  readonly contentType: string
  /** Whose own API it is; '' for a plain URL. */
  readonly system: TargetSystem | ''
  /** host:port of the URL. */
  readonly host: string
  readonly state: DeliveryState
  readonly reason: string
  readonly dueAt: number
  /** When it is given up unsent; null for never. */
  readonly expiresAt: number | null
  readonly leaseOwner: string | null
  readonly leaseUntil: number | null
  readonly attempts: number
  /** Attempts made before the last replay: the retry schedule starts anew after them. */
  readonly attemptsBefore: number
  readonly createdAt: number
  readonly updatedAt: number
}

export type DeliveryAttempt = {
  readonly n: number
  readonly startedAt: number
  readonly durationMs: number
  readonly requestJson: string
  readonly responseStatus: number | null
  readonly responseHeadersJson: string
  readonly responseBody: string
  readonly error: string
}

export type ClaimRequest = {
  readonly now: number
  readonly workerId: string
  /** After this long a delivery whose worker died is due again. */
  readonly leaseMs: number
  readonly limit: number
}

export type FinishedAttempt = Omit<DeliveryAttempt, 'n'> & {
  readonly deliveryId: string
  readonly workerId: string
  /** What the delivery becomes; pending is tried again at dueAt. */
  readonly state: DeliveryState
  readonly reason: string
  readonly dueAt: number
  readonly now: number
}

/** Puts deliveries into the queue; one that is there for the same transition and target stays as it is. */
export async function enqueueDeliveries(
  db: Db,
  rows: readonly Insertable<Database['deliveries']>[],
): Promise<void> {
  const hosted = rows.map((row) => ({ ...row, host: hostOf(row.url) }))
  await inChunks(hosted, async (chunk) => {
    await db
      .insertInto('deliveries')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['conversion_id', 'transition', 'target_id']).doNothing())
      .execute()
  })
}

/** '' for a URL that can not be read: its send fails by itself. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? ''
}

/**
 * Leases deliveries that are due, the longest due first. No two workers get the same one while the lease runs:
 * PostgreSQL skips rows that another worker is claiming; SQLite has one writer at a time.
 */
export async function claimDue(
  db: Db,
  engine: SqlEngine,
  request: ClaimRequest,
): Promise<readonly Delivery[]> {
  const { now, workerId, leaseMs, limit } = request
  const rows = await db
    // Materialized: PostgreSQL must lock the rows once, and not once per row of the update.
    .with(
      (cte) => cte('due').materialized(),
      (cte) => {
        const due = cte
          .selectFrom('deliveries')
          .select('id')
          .where('state', '=', sql.lit('pending')) // literal: the partial index deliveries_due needs to see it
          .where('due_at', '<=', now)
          .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
          .where(isNextForTarget)
          .orderBy('due_at')
          .limit(limit)
        return engine === 'postgres' ? due.forUpdate().skipLocked() : due
      },
    )
    .updateTable('deliveries')
    .set({ lease_owner: workerId, lease_until: now + leaseMs })
    .where('id', 'in', (where) => where.selectFrom('due').select('due.id'))
    .returningAll()
    .execute()
  return rows.map(toDelivery).sort((a, b) => a.dueAt - b.dueAt)
}

/**
 * Records one attempt and what the delivery becomes, in one transaction. A worker whose lease another one took
 * over records its attempt (it was sent, after all) and leaves the state to the new holder.
 * @returns whether the worker still held the lease.
 */
export async function finishAttempt(db: Db, finished: FinishedAttempt): Promise<boolean> {
  const [held = false] = await finishAttempts(db, [finished])
  return held
}

/**
 * Many attempts in one transaction: one sync to disk for all of them, and a few statements for the lot, since
 * three round trips to PostgreSQL for each would hold a worker at some hundreds a second. Same order of answers.
 */
export async function finishAttempts(
  db: Db,
  finished: readonly FinishedAttempt[],
): Promise<readonly boolean[]> {
  return await inTransaction(db, async (trx) => {
    const held: boolean[] = []
    for (const round of splitAtRepeats(finished)) held.push(...(await finishDistinct(trx, round)))
    return held
  })
}

/** In order, each part without a delivery twice: one statement counts a row up once, however often it is named. */
function splitAtRepeats(finished: readonly FinishedAttempt[]): readonly FinishedAttempt[][] {
  const rounds: FinishedAttempt[][] = []
  const seen = new Set<string>()
  for (const attempt of finished) {
    if (rounds.length === 0 || seen.has(attempt.deliveryId)) {
      rounds.push([])
      seen.clear()
    }
    seen.add(attempt.deliveryId)
    rounds.at(-1)?.push(attempt)
  }
  return rounds
}

async function finishDistinct(trx: Db, finished: readonly FinishedAttempt[]): Promise<readonly boolean[]> {
  const now = Math.max(...finished.map((attempt) => attempt.now))
  const counted = await trx
    .updateTable('deliveries')
    .set((set) => ({ attempts: set('attempts', '+', 1), updated_at: now }))
    .where('id', 'in', idsOf(finished))
    .returning(['id', 'attempts', 'workspace', 'state', 'lease_owner'])
    .execute()
  const countedById = new Map(counted.map((row) => [row.id, row]))
  await insertAttempts(trx, finished, countedById)
  const held = finished.map(({ deliveryId, workerId }) => {
    const row = countedById.get(deliveryId)
    return row?.state === 'pending' && row.lease_owner === workerId
  })
  const settled = finished.filter((_, index) => held[index])
  await settle(trx, settled)
  return held
}

function idsOf(finished: readonly FinishedAttempt[]): readonly string[] {
  return finished.map(({ deliveryId }) => deliveryId)
}

async function insertAttempts(
  db: Db,
  finished: readonly FinishedAttempt[],
  countedById: ReadonlyMap<string, { readonly attempts: number; readonly workspace: string }>,
): Promise<void> {
  const rows = finished.flatMap((attempt) => {
    const counted = countedById.get(attempt.deliveryId)
    return counted === undefined ? [] : [toAttemptRow(attempt, counted)]
  })
  if (rows.length > 0) await db.insertInto('delivery_attempts').values(rows).execute()
}

function toAttemptRow(
  finished: FinishedAttempt,
  counted: { readonly attempts: number; readonly workspace: string },
): AttemptRow {
  return {
    delivery_id: finished.deliveryId,
    n: counted.attempts,
    workspace: counted.workspace,
    started_at: finished.startedAt,
    duration_ms: finished.durationMs,
    request_json: finished.requestJson,
    response_status: finished.responseStatus,
    response_headers_json: finished.responseHeadersJson,
    response_body: finished.responseBody,
    error: finished.error,
  }
}

/** One statement for all that become the same: most of a batch is delivered, and is due no more. */
async function settle(db: Db, finished: readonly FinishedAttempt[]): Promise<void> {
  const becoming = Map.groupBy(finished, ({ state, reason, dueAt }) =>
    JSON.stringify(state === 'pending' ? [reason, dueAt] : [state, reason]),
  )
  for (const same of becoming.values()) {
    const [first] = same
    if (first === undefined) continue
    await db
      .updateTable('deliveries')
      .set({
        state: first.state,
        reason: first.reason,
        lease_owner: null,
        lease_until: null,
        ...(first.state === 'pending' ? { due_at: first.dueAt } : {}),
      })
      .where('id', 'in', idsOf(same))
      .execute()
  }
}

/**
 * Gives leases back unused and puts the deliveries off, without counting an attempt: their host is not to be
 * called now. A delivery that another worker holds by now stays as it is.
 */
export async function postponeDeliveries(
  db: Db,
  workerId: string,
  postponed: readonly { readonly id: string; readonly dueAt: number }[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { id, dueAt } of postponed) {
      await trx
        .updateTable('deliveries')
        .set({ due_at: dueAt, lease_owner: null, lease_until: null })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .where('lease_owner', '=', workerId)
        .execute()
    }
  })
}

/** Gives leases back unused: what a worker does with claimed deliveries when it stops. */
export async function releaseLeases(db: Db, workerId: string): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ lease_owner: null, lease_until: null })
    .where('state', '=', sql.lit('pending'))
    .where('lease_owner', '=', workerId)
    .execute()
}

/**
 * Makes a delivery due again, under the same id, with a fresh retry schedule. One that was skipped stays so:
 * its reason was a rule, not a failure. So does one that was shown: the browser is gone.
 * @returns the delivery, or undefined when there is none that could be sent.
 */
export async function replay(db: Db, id: string, now: number): Promise<Delivery | undefined> {
  const row = await db
    .updateTable('deliveries')
    .set((set) => ({
      state: 'pending',
      reason: '',
      due_at: now,
      lease_owner: null,
      lease_until: null,
      attempts_before: set.ref('attempts'),
      updated_at: now,
    }))
    .where('id', '=', id)
    .where('state', 'not in', ['skipped', 'rendered'])
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toDelivery(row)
}

/** Stops every waiting delivery of a target, e.g. when the target was disabled. */
export async function cancelPendingOfTarget(
  db: Db,
  target: { readonly id: string; readonly reason: string; readonly now: number },
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      state: 'cancelled',
      reason: target.reason,
      lease_owner: null,
      lease_until: null,
      updated_at: target.now,
    })
    .where('target_id', '=', target.id)
    .where('state', '=', sql.lit('pending'))
    .execute()
}

export async function getWithAttempts(
  db: Db,
  id: string,
): Promise<{ delivery: Delivery; attempts: readonly DeliveryAttempt[] } | undefined> {
  const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const attempts = await db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('n')
    .execute()
  return { delivery: toDelivery(row), attempts: attempts.map(toAttempt) }
}

export type DeliveryFilter = {
  readonly state?: DeliveryState | undefined
  readonly targetId?: string | undefined
  readonly clickId?: string | undefined
  readonly conversionId?: string | undefined
}

export async function listDeliveries(
  db: Db,
  workspace: string,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<Delivery>> {
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.targetId !== undefined) query = query.where('target_id', '=', filter.targetId)
  if (filter.clickId !== undefined) query = query.where('click_id', '=', filter.clickId)
  if (filter.conversionId !== undefined) query = query.where('conversion_id', '=', filter.conversionId)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toDelivery), page, (delivery) => delivery.createdAt)
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    workspace: row.workspace,
    conversionId: row.conversion_id,
    transition: row.transition,
    targetId: row.target_id,
    affiliateId: row.affiliate_id,
    clickId: row.click_id,
    type: row.type,
    method: row.method,
    url: row.url,
    body: row.body,
    contentType: row.content_type,
    system: row.system,
    host: row.host,
    state: row.state,
    reason: row.reason,
    dueAt: row.due_at,
    expiresAt: row.expires_at,
    leaseOwner: row.lease_owner,
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    attemptsBefore: row.attempts_before,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    n: row.n,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    requestJson: row.request_json,
    responseStatus: row.response_status,
    responseHeadersJson: row.response_headers_json,
    responseBody: row.response_body,
    error: row.error,
  }
}
