import { sql } from 'kysely'
import type { DeliveryState } from '../domain/target-types.ts'
import type { DeliveryAttempt } from './deliveries.ts'
import { bringForward } from './delivery-order.ts'
import { inChunks } from './in-chunks.ts'
import { lockDeliveries } from './row-locks.ts'
import { type Db, inTransaction } from './transaction.ts'

export type FinishedAttempt = Omit<DeliveryAttempt, 'n'> & {
  readonly deliveryId: string
  readonly workerId: string
  /** What the delivery becomes; pending is tried again at dueAt. */
  readonly state: DeliveryState
  readonly reason: string
  readonly dueAt: number
  readonly now: number
}

/**
 * Records attempts and what their deliveries become, in one transaction: one sync to disk for all of them, and two
 * statements for each chunk, since round trips for each would hold a worker at some hundreds a second. A worker whose
 * lease another one took over records its attempt (it was sent, after all) and leaves the state to the new holder.
 */
export async function finishAttempts(db: Db, finished: readonly FinishedAttempt[]): Promise<void> {
  await inTransaction(db, async (trx) => {
    await lockDeliveries(
      trx,
      finished.map(({ deliveryId }) => deliveryId),
    )
    for (const round of splitAtRepeats(finished)) {
      await inChunks(round, (chunk) => finishDistinct(trx, chunk))
    }
    const ended = finished.filter(({ state }) => state !== 'pending')
    await inChunks(ended, (chunk) =>
      bringForward(
        trx,
        chunk.map(({ deliveryId }) => deliveryId),
      ),
    )
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

type Counted = { readonly id: string; readonly attempts: number; readonly workspace: string }

async function finishDistinct(db: Db, finished: readonly FinishedAttempt[]): Promise<void> {
  const values = finished.map(
    ({ deliveryId, workerId, state, reason, dueAt, now }) =>
      sql`(cast(${deliveryId} as text), cast(${workerId} as text), cast(${state} as text), cast(${reason} as text),
        cast(${dueAt} as bigint), cast(${now} as bigint))`,
  )
  // Both engines name the columns of VALUES column1 to columnN. What stands right of = is the row as it was.
  const isHeld = sql`(deliveries.state = 'pending' and deliveries.lease_owner = finished.column2)`
  const { rows } = await sql<Counted>`
    update deliveries set
      attempts = attempts + 1,
      updated_at = finished.column6,
      state = case when ${isHeld} then finished.column3 else state end,
      reason = case when ${isHeld} then finished.column4 else reason end,
      due_at = case when ${isHeld} and finished.column3 = 'pending' then finished.column5 else due_at end,
      put_off_from = case when ${isHeld} then null else put_off_from end,
      lease_until = case when ${isHeld} then null else lease_until end,
      lease_owner = case when ${isHeld} then null else lease_owner end
    from (values ${sql.join(values)}) as finished
    where deliveries.id = finished.column1
    returning deliveries.id, attempts, workspace
  `.execute(db)
  await insertAttempts(db, finished, new Map(rows.map((row) => [row.id, row])))
}

/** Of deliveries that are there: retention may have taken one away meanwhile. */
async function insertAttempts(
  db: Db,
  finished: readonly FinishedAttempt[],
  countedById: ReadonlyMap<string, Counted>,
): Promise<void> {
  const rows = finished.flatMap((attempt) => {
    const counted = countedById.get(attempt.deliveryId)
    return counted === undefined ? [] : [toAttemptRow(attempt, counted)]
  })
  if (rows.length > 0) await db.insertInto('delivery_attempts').values(rows).execute()
}

function toAttemptRow(finished: FinishedAttempt, counted: Counted) {
  return {
    delivery_id: finished.deliveryId,
    n: counted.attempts,
    workspace: counted.workspace,
    started_at: finished.startedAt,
    duration_ms: finished.durationMs,
    phases_json: finished.phasesJson,
    request_json: finished.requestJson,
    response_status: finished.responseStatus,
    response_headers_json: finished.responseHeadersJson,
    response_body: finished.responseBody,
    error: finished.error,
  }
}
