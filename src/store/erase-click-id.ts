import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { erasedChange, erasedRow } from '../domain/erasure.ts'
import type { Hit } from '../domain/hit.ts'
import { withoutRequest } from '../domain/hit-removal.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { eraseDeliveries } from './erase-deliveries.ts'
import { type Done, ERASED_MARK, type ErasedClick, type Part, toDone } from './erase-part.ts'
import { eraseReportedRows, eraseUploadRows } from './erase-upload-rows.ts'
import { conversionsOf, hitIdsOfConversions } from './hits-of-conversions.ts'
import { lockKeys } from './lock-keys.ts'
import type { Store } from './open-store.ts'
import type { Db } from './transaction.ts'

/** Rows of one transaction: a click id that was hammered has tens of thousands, and nobody waits for all of them. */
const STEP_ROWS_MAX = 200

/** What is erased, one after the other; each reads its rows in the order of their ids. */
const PARTS: readonly ((db: Db, part: Part) => Promise<Done>)[] = [
  eraseConversions,
  eraseOwnHits,
  eraseCausingHits,
  eraseDeliveries,
  eraseUpdates,
  eraseUploadRows,
  eraseReportedRows,
]

/**
 * Takes what came from the person from every row of the click id that SQL has: hits, conversions with their history,
 * deliveries with their attempts, updates of the visit, rows of uploads. It is done in short transactions, nearly always
 * a single one. Doing it again does nothing to what is done, so that what was interrupted may begin anew.
 * @returns how many rows it changed.
 */
export async function eraseClickId(store: Store, erased: ErasedClick, now: number): Promise<number> {
  return await eraseAll(store, { ...erased, conversionId: '', now }, erased.clickId)
}

type ErasedConversion = {
  readonly workspace: string
  readonly id: string
  /** Under which it is decided on (conversions/conversion-lock.ts). */
  readonly lock: string
  /** Writes down who ordered it, in the transaction of the first step: neither is without the other. */
  readonly record: (db: Db) => Promise<void>
}

/** The same of one conversion without a click: nothing but its id tells whose it is. */
export async function eraseClicklessConversion(
  store: Store,
  { workspace, id, lock, record }: ErasedConversion,
  now: number,
): Promise<number> {
  const of = { workspace, clickId: '', conversionId: id, isOwnVisit: false, now }
  return await eraseAll(store, of, lock, record)
}

async function eraseAll(
  store: Store,
  of: Omit<Part, 'after' | 'limit'>,
  lock: string,
  record?: (db: Db) => Promise<void>,
): Promise<number> {
  const start: Place = { part: 0, after: '' }
  let [changed, place] = [0, start]
  while (place.part < PARTS.length) {
    const from = place
    const step = await store.db.transaction().execute(async (db) => {
      await lockKeys(db, store.engine, [lock])
      if (from === start) await record?.(db)
      return await eraseStep(db, of, from)
    })
    changed += step.changed
    place = step.place
  }
  return changed
}

type Place = { readonly part: number; readonly after: string }

/** Goes on from the place until it has read as many rows as a step may. */
async function eraseStep(
  db: Db,
  of: Omit<Part, 'after' | 'limit'>,
  from: Place,
): Promise<{ readonly changed: number; readonly place: Place }> {
  let [changed, left, after] = [0, STEP_ROWS_MAX, from.after]
  for (const [index, erase] of PARTS.entries()) {
    if (index < from.part) continue
    const done = await erase(db, { ...of, after, limit: left })
    changed += done.changed
    left -= done.read
    if (left === 0) return { changed, place: { part: index, after: done.last } }
    after = ''
  }
  return { changed, place: { part: PARTS.length, after: '' } }
}

async function eraseConversions(db: Db, part: Part): Promise<Done> {
  const rows = await conversionsOf(db, part)
    .select(['id', 'visit_json', 'external_id', 'params_json', 'person_json', 'reason'])
    .where('id', '>', part.after)
    .orderBy('id')
    .limit(part.limit)
    .execute()
  let changed = 0
  for (const { id, ...before } of rows) {
    const visit: Partial<LedgerRow> = JSON.parse(before.visit_json)
    const ip = visit.ip ?? ''
    changed += await eraseHistory(db, id, ip)
    const visit_json = JSON.stringify(erasedRow(visit))
    const reason = withoutAddress(before.reason, ip)
    const erased = { visit_json, external_id: '', params_json: '{}', person_json: 'null', reason }
    if (isDeepStrictEqual(erased, before)) continue
    await db.updateTable('conversions').set(erased).where('id', '=', id).execute()
    changed += 1
  }
  return toDone(rows, changed)
}

/** A member's own words may name anybody; those of the program name at most an address. */
async function eraseHistory(db: Db, conversionId: string, ip: string): Promise<number> {
  const own = await db
    .updateTable('conversion_history')
    .set({ reason: ERASED_MARK })
    .where('conversion_id', '=', conversionId)
    .where('actor', '<>', 'hit')
    .where('reason', 'not in', ['', ERASED_MARK])
    .executeTakeFirst()
  if (ip === '') return Number(own.numUpdatedRows)
  const without = sql<string>`replace(reason, ${ip}, ${ERASED_MARK})`
  const told = await db
    .updateTable('conversion_history')
    .set({ reason: without })
    .where('conversion_id', '=', conversionId)
    .where('reason', '<>', without)
    .executeTakeFirst()
  return Number(own.numUpdatedRows + told.numUpdatedRows)
}

async function eraseOwnHits(db: Db, { workspace, clickId, isOwnVisit, after, limit }: Part): Promise<Done> {
  if (clickId === '') return toDone([], 0)
  const rows = await db
    .selectFrom('hits')
    .select(['id', 'ip', 'reason', 'request_json'])
    .where('workspace', 'in', isOwnVisit ? [workspace, ''] : [workspace])
    .where('click_id', '=', clickId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return await eraseHits(db, rows)
}

/** Hits of another click id or of none that the conversions came by, or that were about them and changed nothing. */
async function eraseCausingHits(db: Db, part: Part): Promise<Done> {
  const rows = await db
    .selectFrom('hits')
    .select(['id', 'ip', 'reason', 'request_json'])
    .where('workspace', '=', part.workspace)
    .where('id', '>', part.after)
    .where('id', 'in', hitIdsOfConversions(db, part))
    .orderBy('id')
    .limit(part.limit)
    .execute()
  return await eraseHits(db, rows)
}

type HitText = {
  readonly id: string
  readonly ip: string
  readonly reason: string
  readonly request_json: string
}

async function eraseHits(db: Db, rows: readonly HitText[]): Promise<Done> {
  let changed = 0
  for (const { id, ip, reason, request_json: before } of rows) {
    const hit: Hit = JSON.parse(before)
    if (hit.removed === 'erased') continue
    const request_json = JSON.stringify(withoutRequest(hit, 'erased'))
    const told = withoutAddress(reason, ip)
    const erased = { request_json, ip: '', reason: told, steps_json: '', rematch_at: null }
    await db.updateTable('hits').set(erased).where('id', '=', id).execute()
    changed += 1
  }
  return toDone(rows, changed)
}

/** Reasons of refusals name the address that was not allowed. */
function withoutAddress(reason: string, ip: string): string {
  return ip === '' ? reason : reason.replaceAll(ip, ERASED_MARK)
}

async function eraseUpdates(db: Db, { workspace, clickId, after, limit }: Part): Promise<Done> {
  if (clickId === '') return toDone([], 0)
  const rows = await db
    .selectFrom('visit_updates')
    .select(['id', 'change_json'])
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  let changed = 0
  for (const { id, change_json: before } of rows) {
    const change_json = JSON.stringify(erasedChange(JSON.parse(before)))
    if (change_json === before) continue
    await db.updateTable('visit_updates').set({ change_json }).where('id', '=', id).execute()
    changed += 1
  }
  return toDone(rows, changed)
}
