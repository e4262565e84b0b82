import type { Db } from './transaction.ts'

/** Deliveries whose time has come, those under way included: what the queue is behind by. */
export async function countDueDeliveries(db: Db, now: number): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .where('state', '=', 'pending')
    .where('due_at', '<=', now)
    .executeTakeFirstOrThrow()
  return row.rows
}
