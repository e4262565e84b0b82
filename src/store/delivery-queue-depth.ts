import { sql } from 'kysely'
import type { Db } from './transaction.ts'

/** So many waiting deliveries are counted at most: a queue of millions is not walked through for each look at it. */
export const COUNTED_PENDING_MAX = 100_000

/** Waiting deliveries, and how many of them are due: the depth of the queue, of the first COUNTED_PENDING_MAX rows. */
export async function countPending(db: Db, now: number): Promise<{ pending: number; due: number }> {
  const row = await db
    .selectFrom((from) =>
      from
        .selectFrom('deliveries')
        .select('due_at')
        .where('state', '=', sql.lit('pending'))
        .limit(COUNTED_PENDING_MAX)
        .as('waiting'),
    )
    .select((select) => [
      select.fn.countAll<number>().as('pending'),
      select.fn.countAll<number>().filterWhere('due_at', '<=', now).as('due'),
    ])
    .executeTakeFirstOrThrow()
  return { pending: row.pending, due: row.due }
}
