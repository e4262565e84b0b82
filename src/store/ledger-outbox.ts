import { sql } from 'kysely'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { newRecordId } from './ids.ts'
import { inChunks } from './in-chunks.ts'
import type { Db } from './transaction.ts'

/** Ledger rows that SQL transactions leave for the ledger; the loader moves them over exactly once. */
export type OutboxSource = {
  /** The batch that was claimed and not yet removed: it must be inserted again, under the same id. */
  openBatch(): Promise<string | undefined>
  /** Marks waiting rows with a new batch id, durably; undefined when none waits. */
  claim(rowsMax: number): Promise<string | undefined>
  /** The batch's rows as JSON, always the same ones in the same order. */
  rows(batch: string): Promise<string[]>
  /** The batch is in the ledger. */
  remove(batch: string): Promise<void>
}

/** Leaves rows for the ledger: part of the transaction that they tell of. */
export async function appendToOutbox(db: Db, rows: readonly LedgerRow[]): Promise<void> {
  const all = rows.map((row) => ({ row_json: JSON.stringify(row), batch: null }))
  await inChunks(all, async (chunk) => {
    await db.insertInto('ledger_outbox').values(chunk).execute()
  })
}

/** Rows that the ledger does not have yet. */
export async function countOutbox(db: Db): Promise<number> {
  const row = await db
    .selectFrom('ledger_outbox')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return row.rows
}

export function createOutboxSource(db: Db, clock: () => number): OutboxSource {
  return {
    openBatch: () => openBatch(db),
    claim: (rowsMax) => claim(db, newRecordId(clock()), rowsMax),
    rows: (batch) => batchRows(db, batch),
    remove: async (batch) => {
      await db.deleteFrom('ledger_outbox').where('batch', '=', batch).execute()
    },
  }
}

async function openBatch(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('ledger_outbox')
    .select('batch')
    .where('batch', 'is not', null)
    .orderBy('batch')
    .limit(1)
    .executeTakeFirst()
  return row?.batch ?? undefined
}

async function claim(db: Db, batch: string, rowsMax: number): Promise<string | undefined> {
  const result = await db
    .updateTable('ledger_outbox')
    .set({ batch })
    .where('seq', 'in', (where) =>
      where
        .selectFrom('ledger_outbox')
        .select('seq')
        .where('batch', 'is', sql.lit(null))
        .orderBy('seq')
        .limit(rowsMax),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n ? batch : undefined
}

async function batchRows(db: Db, batch: string): Promise<string[]> {
  const rows = await db
    .selectFrom('ledger_outbox')
    .select('row_json')
    .where('batch', '=', batch)
    .orderBy('seq')
    .execute()
  return rows.map((row) => row.row_json)
}
