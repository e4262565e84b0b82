import { sql } from 'kysely'
import type { Db } from './transaction.ts'

/** Waiting deliveries, and how many of them are due: the depth of the queue. */
export async function countPending(db: Db, now: number): Promise<{ pending: number; due: number }> {
  const row = await db
    .selectFrom('deliveries')
    .select((select) => [
      select.fn.countAll<number>().as('pending'),
      select.fn.countAll<number>().filterWhere('due_at', '<=', now).as('due'),
    ])
    .where('state', '=', sql.lit('pending'))
    .executeTakeFirstOrThrow()
  return { pending: row.pending, due: row.due }
}
