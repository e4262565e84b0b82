import { type Db, inTransaction } from './transaction.ts'

/**
 * Runs a change of configuration and counts the version up in the same transaction: an edge that waits for a
 * newer snapshot never misses a change, and never gets one that was rolled back.
 */
export async function changeConfiguration<T>(db: Db, change: (trx: Db) => Promise<T>): Promise<T> {
  return await inTransaction(db, async (trx) => {
    const result = await change(trx)
    await nextConfigVersion(trx)
    return result
  })
}

/**
 * Counts the version up for the caller's transaction, which holds it until it is committed: versions are in the order
 * of commits, and whoever reads one has seen everything that was written under it and those before.
 */
export async function nextConfigVersion(trx: Db): Promise<number> {
  const row = await trx
    .updateTable('config_version')
    .set((set) => ({ version: set('version', '+', 1) }))
    .where('id', '=', 1)
    .returning('version')
    .executeTakeFirstOrThrow()
  return row.version
}

/** Grows with every change of configuration; never goes back. */
export async function loadConfigVersion(db: Db): Promise<number> {
  const row = await db
    .selectFrom('config_version')
    .select('version')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  return row.version
}
