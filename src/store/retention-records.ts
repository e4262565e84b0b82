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
 * Takes the calls of old deliveries away that carry something personal; the deliveries stay with their state. One that
 * still waits is cancelled: there is nothing left that could be sent.
 */
export async function removePersonalCalls(
  db: Db,
  step: WalkStep,
  { now, reason }: { readonly now: number; readonly reason: string },
): Promise<Walked> {
  const found = await db
    .selectFrom('deliveries')
    .select(['id', 'created_at', 'url', 'body', 'state'])
    .where('workspace', '=', step.workspace)
    .where(walkedBy('created_at', step))
    .orderBy('created_at')
    .orderBy('id')
    .limit(step.limit)
    .execute()
  const carrying = found.filter(({ url, body }) => carriesPersonalData(url) || carriesPersonalData(body))
  await removeCalls(
    db,
    carrying.map(({ id }) => id),
    { now, reason },
  )
  const next = nextPlace(found.length, step.limit, placeOf(found.at(-1)))
  return { rows: carrying.length, bytes: 0, next }
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
