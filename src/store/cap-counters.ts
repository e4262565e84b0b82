import type { Db } from './transaction.ts'

export type Cap = {
  /** e.g. 'offer:ID'. */
  readonly key: string
  /** e.g. '2026-11-22'. */
  readonly period: string
  readonly max: number
}

/**
 * Counts one against the cap unless it is used up, in one statement: the row's lock makes concurrent
 * transactions wait for each other, so that the cap is never exceeded. A transaction that rolls back gives its
 * one back.
 * @returns whether there was room.
 */
export async function takeFromCap(db: Db, cap: Cap): Promise<boolean> {
  if (cap.max <= 0) return false
  const taken = await db
    .insertInto('cap_counters')
    .values({ key: cap.key, period: cap.period, count: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['key', 'period'])
        .doUpdateSet((set) => ({ count: set('cap_counters.count', '+', 1) }))
        .where('cap_counters.count', '<', cap.max),
    )
    .returning('count')
    .executeTakeFirst()
  return taken !== undefined
}

/** How much of the cap is used. */
export async function countOfCap(db: Db, key: string, period: string): Promise<number> {
  const row = await db
    .selectFrom('cap_counters')
    .select('count')
    .where('key', '=', key)
    .where('period', '=', period)
    .executeTakeFirst()
  return row?.count ?? 0
}
