import type { Selectable } from 'kysely'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { newRecordId } from './ids.ts'
import { newestPage } from './newest-page.ts'
import type { OwnedId } from './owned.ts'
import type { Page, PageRequest } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** A correction of costs that was applied. */
export type StoredCostCorrection = {
  readonly id: string
  readonly workspace: string
  /** Chosen by the sender; unique in the workspace. */
  readonly key: string
  /** What was asked for, and what was answered: JSON. */
  readonly request: unknown
  readonly answer: unknown
  /** What it added, in the workspace's currency. */
  readonly amountMicros: number
  /** How many rows it added to the ledger. */
  readonly rows: number
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  readonly createdAt: number
  /** The correction that it takes back; null when it is none of that kind. */
  readonly undoes: string | null
  /** How many the workspace had before: their order, whatever clocks say. Null when it was not counted yet. */
  readonly n: number | null
}

/**
 * Fails when the workspace has a correction of the key, or one that undoes the same (isValueError): part of the
 * transaction that adds its rows.
 */
export async function insertCostCorrection(
  db: Db,
  correction: Omit<StoredCostCorrection, 'id' | 'createdAt'>,
  now: number,
): Promise<StoredCostCorrection> {
  const { workspace, key, request, answer, amountMicros, rows, actor, undoes, n } = correction
  const row = {
    id: newRecordId(now),
    workspace,
    key,
    request_json: JSON.stringify({ request, answer }),
    amount_micros: amountMicros,
    rows,
    actor,
    created_at: now,
    undoes,
    n,
  }
  await db.insertInto('cost_corrections').values(row).execute()
  return toCorrection(row)
}

export async function findCostCorrection(
  db: Db,
  workspace: string,
  key: string,
): Promise<StoredCostCorrection | undefined> {
  return await findBy(db, workspace, 'key', key)
}

export async function getCostCorrection(
  db: Db,
  { workspace, id }: OwnedId,
): Promise<StoredCostCorrection | undefined> {
  return await findBy(db, workspace, 'id', id)
}

/** What took the correction back; undefined as long as nothing has. */
export async function findCostUndo(
  db: Db,
  { workspace, id }: OwnedId,
): Promise<StoredCostCorrection | undefined> {
  return await findBy(db, workspace, 'undoes', id)
}

async function findBy(
  db: Db,
  workspace: string,
  column: 'key' | 'id' | 'undoes',
  value: string,
): Promise<StoredCostCorrection | undefined> {
  const row = await db
    .selectFrom('cost_corrections')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(column, '=', value)
    .executeTakeFirst()
  return row === undefined ? undefined : toCorrection(row)
}

/** How many corrections the workspace has had: it grows with each, and never shrinks. */
export async function countCostCorrections(db: Db, workspace: string): Promise<number> {
  const row = await db
    .selectFrom('cost_corrections')
    .select((select) => select.fn.countAll<number>().as('corrections'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return Number(row.corrections)
}

/** Newest first. */
export async function listCostCorrections(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<StoredCostCorrection>> {
  return await newestPage(db, 'cost_corrections', toCorrection, { workspace, page })
}

/** Corrections made after the first `n` and before the last `below`, without those that take one back; newest first. */
export async function laterCostCorrections(
  db: Db,
  workspace: string,
  { n, below, limit }: { readonly n: number; readonly below: number; readonly limit: number },
): Promise<readonly StoredCostCorrection[]> {
  const rows = await db
    .selectFrom('cost_corrections')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('n', '>', n)
    .where('n', '<', below)
    .where('undoes', 'is', null)
    .orderBy('n', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toCorrection)
}

/** Which of the corrections were taken back: id → id of what did it. */
export async function undoesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('cost_corrections')
    .select(['id', 'undoes'])
    .where('undoes', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, undoes }) => [undoes ?? '', id]))
}

/** Keeps what the correction added, and forgets rows of those before `oldest`: they can be undone no longer. */
export async function keepCostRows(
  db: Db,
  { id, createdAt }: StoredCostCorrection,
  rows: readonly LedgerRow[],
  oldest: number,
): Promise<void> {
  await db
    .insertInto('cost_correction_rows')
    .values({ correction_id: id, rows_json: JSON.stringify(rows), created_at: createdAt })
    .execute()
  await db.deleteFrom('cost_correction_rows').where('created_at', '<', oldest).execute()
}

/** What the correction added; undefined when it is not kept any more. */
export async function loadCostRows(db: Db, id: string): Promise<readonly LedgerRow[] | undefined> {
  const row = await db
    .selectFrom('cost_correction_rows')
    .select('rows_json')
    .where('correction_id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : JSON.parse(row.rows_json)
}

/** Of which corrections the rows are kept. */
export async function haveCostRows(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('cost_correction_rows')
    .select('correction_id')
    .where('correction_id', 'in', ids)
    .execute()
  return new Set(rows.map((row) => row.correction_id))
}

function toCorrection(row: Selectable<Database['cost_corrections']>): StoredCostCorrection {
  const { request, answer } = JSON.parse(row.request_json)
  return {
    id: row.id,
    workspace: row.workspace,
    key: row.key,
    request,
    answer,
    amountMicros: row.amount_micros,
    rows: row.rows,
    actor: row.actor,
    createdAt: row.created_at,
    undoes: row.undoes,
    n: row.n,
  }
}
