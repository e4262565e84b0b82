import type { Db } from './transaction.ts'

type Lease = { readonly owner: string; readonly until: number }

/**
 * Takes background work that one process at a time does, or keeps it. Who dies loses it after `leaseMs`.
 * @param of.name of the work, in work_cursors.
 * @returns false while another process has it.
 */
export async function takeLease(
  db: Db,
  of: { readonly name: string; readonly owner: string; readonly now: number; readonly leaseMs: number },
): Promise<boolean> {
  const { name, owner, now } = of
  const value = JSON.stringify({ owner, until: now + of.leaseMs } satisfies Lease)
  const row = await db.selectFrom('work_cursors').select('value').where('name', '=', name).executeTakeFirst()
  if (row === undefined) {
    const inserted = await db
      .insertInto('work_cursors')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirst()
    return inserted.numInsertedOrUpdatedRows === 1n
  }
  const lease: Lease = JSON.parse(row.value)
  if (lease.owner !== owner && lease.until > now) return false
  const updated = await db
    .updateTable('work_cursors')
    .set({ value })
    .where('name', '=', name)
    // As it was read: of two processes that find it free, one gets it.
    .where('value', '=', row.value)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

/** Gives it back, so that the next process need not wait for its end. */
export async function releaseLease(db: Db, name: string, owner: string): Promise<void> {
  const row = await db.selectFrom('work_cursors').select('value').where('name', '=', name).executeTakeFirst()
  if (row === undefined || (JSON.parse(row.value) as Lease).owner !== owner) return // written by takeLease alone
  await db.deleteFrom('work_cursors').where('name', '=', name).where('value', '=', row.value).execute()
}
