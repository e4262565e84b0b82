import { sql } from 'kysely'
import type { Db } from './transaction.ts'

export type Cap = {
  /** e.g. 'offer:ID'. */
  readonly key: string
  /** e.g. '2026-11-22'. */
  readonly period: string
  /** Conversions, or micros of the workspace's currency. */
  readonly max: number
}

/** How much is taken from a cap. */
export type CapShare = Cap & {
  readonly amount: number
  /** Whether the next one takes as much: a cap without room for that is used up. */
  readonly repeats: boolean
}

export type CapTaking<Share extends CapShare> =
  /** Taken from each; `usedUp` when this used one up. */
  | { readonly taken: true; readonly usedUp: boolean }
  /** The first that had no room; nothing was taken from any. `usedUp` when visitors were sent to it until now. */
  | { readonly taken: false; readonly usedUp: boolean; readonly full: Share }

/**
 * Takes its amount from every cap, or from none when one of them has no room for it. The rows' locks make concurrent
 * transactions wait for each other, so that no cap is ever exceeded. A transaction that rolls back gives its shares
 * back. A conversion that is rejected later keeps its place: the cap is about what the offer was sent.
 */
export async function takeFromCaps<Share extends CapShare>(
  db: Db,
  shares: readonly Share[],
): Promise<CapTaking<Share>> {
  const taken: Share[] = []
  let usedUp = false
  for (const share of shares) {
    const count = await takeShare(db, share)
    if (count === undefined) {
      for (const other of taken) await giveBack(db, other)
      return { taken: false, usedUp: await closeFor(db, share), full: share }
    }
    taken.push(share)
    if (isFull(share, count)) usedUp = true
    if (isFull(share, count) && count < share.max) await markFull(db, share)
  }
  return { taken: true, usedUp }
}

/** An amount that differs from sale to sale tells nothing of the next one. */
function isFull({ amount, max, repeats }: CapShare, count: number): boolean {
  return count + (repeats ? amount : 0) > max || count >= max
}

/**
 * Something had no room in what is left of the cap: it is full from now on. What would not even fit in an empty one
 * tells nothing of it. @returns whether it was open until now
 */
async function closeFor(db: Db, share: CapShare): Promise<boolean> {
  if (share.amount > share.max || (await countOfCap(db, share.key, share.period)) >= share.max) return false
  return await markFull(db, share)
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

/**
 * The counter beside a cap's own that says up to which maximum it is full: a cap on money is rarely hit exactly, and
 * what is left may be less than any conversion needs. A cap that was raised above it has room again.
 */
export function fullKeyOf(key: string): string {
  return `${key}:full`
}

/** @returns the count with this share, or undefined when there was no room. */
async function takeShare(db: Db, { key, period, max, amount }: CapShare): Promise<number | undefined> {
  if (amount > max) return undefined
  const row = await db
    .insertInto('cap_counters')
    .values({ key, period, count: amount })
    .onConflict((conflict) =>
      conflict
        .columns(['key', 'period'])
        .doUpdateSet((set) => ({ count: set('cap_counters.count', '+', amount) }))
        .where('cap_counters.count', '<=', max - amount),
    )
    .returning('count')
    .executeTakeFirst()
  return row?.count
}

async function giveBack(db: Db, { key, period, amount }: CapShare): Promise<void> {
  await db
    .updateTable('cap_counters')
    .set((set) => ({ count: set('count', '-', amount) }))
    .where('key', '=', key)
    .where('period', '=', period)
    .execute()
}

/** @returns false when it was marked before. */
async function markFull(db: Db, { key, period, max }: CapShare): Promise<boolean> {
  const row = await db
    .insertInto('cap_counters')
    .values({ key: fullKeyOf(key), period, count: max })
    .onConflict((conflict) =>
      conflict
        .columns(['key', 'period'])
        .doUpdateSet({ count: sql<number>`excluded.count` })
        .where('cap_counters.count', '<>', max),
    )
    .returning('count')
    .executeTakeFirst()
  return row !== undefined
}
