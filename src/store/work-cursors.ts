import type { Db } from './transaction.ts'

/** Where background work goes on; undefined when it has not begun. */
export async function loadCursor(db: Db, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('work_cursors').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}

/** Belongs into the transaction of the work that it tells of. */
export async function saveCursor(db: Db, name: string, value: string): Promise<void> {
  await db
    .insertInto('work_cursors')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

export type WorkLease = {
  readonly name: string
  /** Who asks: unique for each process. */
  readonly owner: string
  readonly now: number
  /** After so long without renewal somebody else may have it. */
  readonly leaseMs: number
}

/**
 * Takes or renews the lease on a kind of work, so that one process at a time does it.
 * @returns false while another one holds it.
 */
export async function takeLease(db: Db, { name, owner, now, leaseMs }: WorkLease): Promise<boolean> {
  const before = await loadCursor(db, name)
  const held = before === undefined ? undefined : parseLease(before)
  if (held !== undefined && held.owner !== owner && held.until > now) return false
  const value = JSON.stringify({ owner, until: now + leaseMs })
  const query =
    before === undefined
      ? db
          .insertInto('work_cursors')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doNothing())
      : db.updateTable('work_cursors').set({ value }).where('name', '=', name).where('value', '=', before)
  const result = await query.executeTakeFirst()
  const changed = 'numUpdatedRows' in result ? result.numUpdatedRows : result.numInsertedOrUpdatedRows
  return changed === 1n
}

/** Gives the lease back, so that the next process need not wait for it to run out. */
export async function releaseLease(
  db: Db,
  { name, owner }: Pick<WorkLease, 'name' | 'owner'>,
): Promise<void> {
  const value = await loadCursor(db, name)
  if (value === undefined || parseLease(value).owner !== owner) return
  await db.deleteFrom('work_cursors').where('name', '=', name).where('value', '=', value).execute()
}

function parseLease(value: string): { readonly owner: string; readonly until: number } {
  return JSON.parse(value)
}
