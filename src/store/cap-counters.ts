import type { Db } from './transaction.ts'

export type Cap = {
  /** e.g. 'offer:ID'. */
  readonly key: string
  /** e.g. '2026-11-22'. */
  readonly period: string
  readonly max: number
}

export type CapTaking<OneCap extends Cap> =
  /** Counted against each; `usedUp` are those that have no room for another. */
  | { readonly taken: true; readonly usedUp: boolean }
  /** The first that had no room; nothing was counted against any. */
  | { readonly taken: false; readonly full: OneCap }

/**
 * Counts one against every cap, or against none when one of them is used up. The rows' locks make concurrent
 * transactions wait for each other, so that no cap is ever exceeded. A transaction that rolls back gives its
 * ones back. A conversion that is rejected later keeps its place: the cap is about what the offer was sent.
 */
export async function takeFromCaps<OneCap extends Cap>(
  db: Db,
  caps: readonly OneCap[],
): Promise<CapTaking<OneCap>> {
  const taken: OneCap[] = []
  let usedUp = false
  for (const cap of caps) {
    const count = await takeOne(db, cap)
    if (count === undefined) {
      for (const other of taken) await giveBack(db, other)
      return { taken: false, full: cap }
    }
    taken.push(cap)
    if (count >= cap.max) usedUp = true
  }
  return { taken: true, usedUp }
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

/** @returns the count with this one, or undefined when there was no room. */
async function takeOne(db: Db, cap: Cap): Promise<number | undefined> {
  if (cap.max <= 0) return undefined
  const row = await db
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
  return row?.count
}

async function giveBack(db: Db, cap: Cap): Promise<void> {
  await db
    .updateTable('cap_counters')
    .set((set) => ({ count: set('count', '-', 1) }))
    .where('key', '=', cap.key)
    .where('period', '=', cap.period)
    .execute()
}
