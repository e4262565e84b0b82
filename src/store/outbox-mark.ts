import type { Db } from './transaction.ts'

/** The newest row of the outbox now; 0 when it is empty. To wait for with `isOutboxMoved`. */
export async function markOutbox(db: Db): Promise<number> {
  const row = await db
    .selectFrom('ledger_outbox')
    .select((select) => select.fn.max('seq').as('seq'))
    .executeTakeFirst()
  return Number(row?.seq ?? 0)
}

/** Whether the ledger has every row of the outbox up to the mark: rows leave once they are in. */
export async function isOutboxMoved(db: Db, mark: number): Promise<boolean> {
  const row = await db
    .selectFrom('ledger_outbox')
    .select('seq')
    .where('seq', '<=', mark)
    .limit(1)
    .executeTakeFirst()
  return row === undefined
}
