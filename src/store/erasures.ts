import { isDeepStrictEqual } from 'node:util'
import { type Selectable, sql } from 'kysely'
import { erasedChange, erasedRow } from '../domain/erasure.ts'
import type { Hit } from '../domain/hit.ts'
import { withoutRequest } from '../domain/hit-removal.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { lockKeys } from './lock-keys.ts'
import type { Store } from './open-store.ts'
import { removeCalls } from './retention-records.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** A click id whose personal data is erased, also what arrives of it later. */
export type Erasure = {
  readonly workspace: string
  readonly clickId: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  readonly reason: string
  readonly createdAt: number
  /** Null while something of it may still be there. */
  readonly doneAt: number | null
}

/** Orders an erasure; one that is ordered already stays as it is. */
export async function insertErasure(db: Db, erasure: Omit<Erasure, 'doneAt'>): Promise<void> {
  await db
    .insertInto('erasures')
    .values({
      workspace: erasure.workspace,
      click_id: erasure.clickId,
      actor: erasure.actor,
      reason: erasure.reason,
      created_at: erasure.createdAt,
      done_at: null,
    })
    .onConflict((conflict) => conflict.columns(['workspace', 'click_id']).doNothing())
    .execute()
}

export async function getErasure(db: Db, workspace: string, clickId: string): Promise<Erasure | undefined> {
  const row = await db
    .selectFrom('erasures')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .executeTakeFirst()
  return row && toErasure(row)
}

/** Erasures that are not done, the oldest first. */
export async function openErasures(db: Db, limit: number): Promise<readonly Erasure[]> {
  const rows = await db
    .selectFrom('erasures')
    .selectAll()
    .where('done_at', 'is', null)
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map(toErasure)
}

/** Erasures behind one, in the order of their keys: all of them, in steps. */
export async function erasuresBehind(
  db: Db,
  after: Pick<Erasure, 'workspace' | 'clickId'>,
  limit: number,
): Promise<readonly Erasure[]> {
  const rows = await db
    .selectFrom('erasures')
    .selectAll()
    .where(sql<boolean>`(workspace, click_id) > (${after.workspace}, ${after.clickId})`)
    .orderBy('workspace')
    .orderBy('click_id')
    .limit(limit)
    .execute()
  return rows.map(toErasure)
}

export async function markErased(db: Db, erasures: readonly Erasure[], now: number): Promise<void> {
  for (const { workspace, clickId } of erasures) {
    await db
      .updateTable('erasures')
      .set({ done_at: now })
      .where('workspace', '=', workspace)
      .where('click_id', '=', clickId)
      .execute()
  }
}

/** Why a delivery that waited was cancelled. */
const ERASED_REASON = 'its personal data was erased'

/**
 * Takes what came from the person from every row of the click id that SQL has: hits, conversions, deliveries with their
 * attempts, updates of the visit. Doing it again does nothing to what is done.
 * @returns how many rows it changed.
 */
export async function eraseClickId(
  store: Store,
  { workspace, clickId }: Pick<Erasure, 'workspace' | 'clickId'>,
  now: number,
): Promise<number> {
  return await store.db.transaction().execute(async (db) => {
    await lockKeys(db, store.engine, [clickId])
    const conversionIds = await eraseConversions(db, workspace, clickId)
    const hits = await eraseHits(db, { workspace, clickId, conversionIds: conversionIds.all })
    const deliveries = await eraseDeliveries(db, { workspace, clickId, now })
    const updates = await eraseUpdates(db, workspace, clickId)
    return conversionIds.changed + hits + deliveries + updates
  })
}

async function eraseConversions(db: Db, workspace: string, clickId: string) {
  const rows = await db
    .selectFrom('conversions')
    .select(['id', 'visit_json', 'external_id', 'params_json', 'person_json', 'reason'])
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .execute()
  let changed = 0
  for (const { id, ...before } of rows) {
    const visit: Partial<LedgerRow> = JSON.parse(before.visit_json)
    const visit_json = JSON.stringify(erasedRow(visit))
    const reason = withoutAddress(before.reason, visit.ip ?? '')
    const after = { visit_json, external_id: '', params_json: '{}', person_json: 'null', reason }
    if (isDeepStrictEqual(after, before)) continue
    await db.updateTable('conversions').set(after).where('id', '=', id).execute()
    changed += 1
  }
  return { changed, all: rows.map(({ id }) => id) }
}

/** Those of the click id, and those of another or none that its conversions came by. */
async function eraseHits(
  db: Db,
  of: { readonly workspace: string; readonly clickId: string; readonly conversionIds: readonly string[] },
): Promise<number> {
  const causing =
    of.conversionIds.length === 0
      ? []
      : await db
          .selectFrom('conversion_history')
          .select('hit_id')
          .where('conversion_id', 'in', of.conversionIds)
          .execute()
  const hitIds = ['', ...new Set(causing.map((row) => row.hit_id))]
  const rows = await db
    .selectFrom('hits')
    .select(['id', 'ip', 'reason', 'request_json'])
    .where('workspace', '=', of.workspace)
    .where((where) => where.or([where('click_id', '=', of.clickId), where('id', 'in', hitIds)]))
    .execute()
  let changed = 0
  for (const { id, ip, reason, request_json: before } of rows) {
    const hit: Hit = JSON.parse(before)
    if (hit.removed === 'erased') continue
    const request_json = JSON.stringify(withoutRequest(hit, 'erased'))
    const told = withoutAddress(reason, ip)
    const after = { request_json, ip: '', reason: told, steps_json: '', rematch_at: null }
    await db.updateTable('hits').set(after).where('id', '=', id).execute()
    changed += 1
  }
  return changed
}

/** Reasons of refusals name the address that was not allowed. */
function withoutAddress(reason: string, ip: string): string {
  return ip === '' ? reason : reason.replaceAll(ip, '(erased)')
}

async function eraseDeliveries(
  db: Db,
  { workspace, clickId, now }: { readonly workspace: string; readonly clickId: string; readonly now: number },
): Promise<number> {
  const rows = await db
    .selectFrom('deliveries')
    .select('id')
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .where((where) =>
      where.or([
        where('url', '<>', ''),
        where('body', '<>', ''),
        where.exists(
          where
            .selectFrom('delivery_attempts')
            .select('n')
            .whereRef('delivery_attempts.delivery_id', '=', 'deliveries.id'),
        ),
      ]),
    )
    .execute()
  await removeCalls(
    db,
    rows.map(({ id }) => id),
    { now, reason: ERASED_REASON },
  )
  return rows.length
}

async function eraseUpdates(db: Db, workspace: string, clickId: string): Promise<number> {
  const rows = await db
    .selectFrom('visit_updates')
    .select(['id', 'change_json'])
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .execute()
  let changed = 0
  for (const { id, change_json: before } of rows) {
    const change_json = JSON.stringify(erasedChange(JSON.parse(before)))
    if (change_json === before) continue
    await db.updateTable('visit_updates').set({ change_json }).where('id', '=', id).execute()
    changed += 1
  }
  return changed
}

function toErasure(row: Selectable<Database['erasures']>): Erasure {
  return {
    workspace: row.workspace,
    clickId: row.click_id,
    actor: row.actor,
    reason: row.reason,
    createdAt: row.created_at,
    doneAt: row.done_at,
  }
}
