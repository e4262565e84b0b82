import type { Selectable } from 'kysely'
import { newRecordId } from './ids.ts'
import { newestPage } from './newest-page.ts'
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
}

/** Fails when the workspace has a correction of the key (isValueError): part of the transaction that adds its rows. */
export async function insertCostCorrection(
  db: Db,
  correction: Omit<StoredCostCorrection, 'id' | 'createdAt'>,
  now: number,
): Promise<StoredCostCorrection> {
  const { workspace, key, request, answer, amountMicros, rows, actor } = correction
  const row = {
    id: newRecordId(now),
    workspace,
    key,
    request_json: JSON.stringify({ request, answer }),
    amount_micros: amountMicros,
    rows,
    actor,
    created_at: now,
  }
  await db.insertInto('cost_corrections').values(row).execute()
  return toCorrection(row)
}

export async function findCostCorrection(
  db: Db,
  workspace: string,
  key: string,
): Promise<StoredCostCorrection | undefined> {
  const row = await db
    .selectFrom('cost_corrections')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('key', '=', key)
    .executeTakeFirst()
  return row === undefined ? undefined : toCorrection(row)
}

/** Newest first. */
export async function listCostCorrections(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<StoredCostCorrection>> {
  return await newestPage(db, 'cost_corrections', toCorrection, { workspace, page })
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
  }
}
