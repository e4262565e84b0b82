import { type SqlBool, sql } from 'kysely'
import { carriesPersonalData } from '../domain/carried-data.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { inChunks } from './in-chunks.ts'
import { lockKeys } from './lock-keys.ts'
import type { SqlEngine } from './open-store.ts'
import type { Db } from './transaction.ts'
import { nextPlace, type Place, type Walked, type WalkStep, walkedBy } from './walk.ts'

/**
 * Changes the visit that old conversions repeat. Transitions write it too, so that it is read under the locks of its
 * click ids: part of a transaction.
 */
export async function changeVisitsOfConversions(
  db: Db,
  engine: SqlEngine,
  step: WalkStep,
  change: (visit: LedgerRow, createdAt: number) => LedgerRow,
): Promise<Walked> {
  const found = await db
    .selectFrom('conversions')
    .select(['id', 'click_id', 'created_at'])
    .where('workspace', '=', step.workspace)
    .where(walkedBy('created_at', step))
    .orderBy('created_at')
    .orderBy('id')
    .limit(step.limit)
    .execute()
  if (found.length === 0) return { rows: 0, bytes: 0, next: undefined }
  await lockKeys(
    db,
    engine,
    found.map((row) => row.click_id),
  )
  const rows = await db
    .selectFrom('conversions')
    .select(['id', 'created_at', 'visit_json'])
    .where(
      'id',
      'in',
      found.map(({ id }) => id),
    )
    .execute()
  let changed = 0
  for (const { id, created_at: createdAt, visit_json: before } of rows) {
    const visit_json = JSON.stringify(change(JSON.parse(before), createdAt))
    if (visit_json === before) continue
    await db.updateTable('conversions').set({ visit_json }).where('id', '=', id).execute()
    changed += 1
  }
  return { rows: changed, bytes: 0, next: nextPlace(found.length, step.limit, placeOf(found.at(-1))) }
}

/**
 * A delivery that ended so much later than it was made had waited: for its delay, or for a target that was paused or
 * switched off. Less than the least age that a workspace can ask for, so that whatever still waited when its day was
 * walked through is found by when it ended. The index deliveries_waited_long says the same.
 */
const WAITED_LONG = sql<SqlBool>`updated_at > created_at + ${sql.lit(3 * 24 * 3_600_000)}`

/** Which deliveries a walk is for: those that ended soon, by when they were made; the others by when they ended. */
export type EndedCalls = 'soon' | 'late'

/**
 * Takes the calls of old deliveries away that carry something personal; the deliveries stay with their state. One that
 * still waits is left alone, however old it is: it is treated once it has ended.
 */
export async function removePersonalCalls(db: Db, step: WalkStep, ended: EndedCalls): Promise<Walked> {
  const at = ended === 'soon' ? 'created_at' : 'updated_at'
  const found = await db
    .selectFrom('deliveries')
    .select(['id', `${at} as at`, 'url', 'body'])
    .where('workspace', '=', step.workspace)
    .where(walkedBy(at, step))
    .where('state', '<>', sql.lit('pending'))
    .where(ended === 'soon' ? sql<SqlBool>`not (${WAITED_LONG})` : WAITED_LONG)
    .orderBy(at)
    .orderBy('id')
    .limit(step.limit)
    .execute()
  const carrying = found.filter(({ url, body }) => carriesPersonalData(url) || carriesPersonalData(body))
  await emptyEndedCalls(
    db,
    carrying.map(({ id }) => id),
  )
  const last = found.at(-1)
  const next = nextPlace(found.length, step.limit, last && { at: last.at, id: last.id })
  return { rows: carrying.length, bytes: 0, next }
}

/** Takes away the calls of those among the deliveries that ended; one that is replayed at this moment keeps its own. */
export async function emptyEndedCalls(db: Db, ids: readonly string[]): Promise<void> {
  await inChunks(ids, async (some) => {
    const emptied = await db
      .updateTable('deliveries')
      .set({ url: '', body: '' })
      .where('id', 'in', some)
      .where('state', '<>', sql.lit('pending'))
      .returning('id')
      .execute()
    if (emptied.length === 0) return
    await db
      .deleteFrom('delivery_attempts')
      .where(
        'delivery_id',
        'in',
        emptied.map(({ id }) => id),
      )
      .execute()
  })
}

/** Empties URL and body of the deliveries and deletes their attempts; those that wait are cancelled. */
export async function removeCalls(
  db: Db,
  ids: readonly string[],
  { now, reason }: { readonly now: number; readonly reason: string },
): Promise<void> {
  await inChunks(ids, async (some) => {
    await db.deleteFrom('delivery_attempts').where('delivery_id', 'in', some).execute()
    await db
      .updateTable('deliveries')
      .set({ state: 'cancelled', reason, lease_owner: null, lease_until: null, updated_at: now })
      .where('id', 'in', some)
      .where('state', '=', 'pending')
      .execute()
    await db.updateTable('deliveries').set({ url: '', body: '' }).where('id', 'in', some).execute()
  })
}

function placeOf(row: { readonly created_at: number; readonly id: string } | undefined): Place | undefined {
  return row && { at: row.created_at, id: row.id }
}
