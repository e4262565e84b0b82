import { type Db, inTransaction } from './transaction.ts'

/**
 * Runs a change of configuration and counts the version up in the same transaction: an edge that waits for a
 * newer snapshot never misses a change, and never gets one that was rolled back.
 */
export async function changeConfiguration<T>(db: Db, change: (trx: Db) => Promise<T>): Promise<T> {
  return await inTransaction(db, async (trx) => {
    const result = await change(trx)
    await trx
      .updateTable('config_version')
      .set((set) => ({ version: set('version', '+', 1) }))
      .where('id', '=', 1)
      .execute()
    return result
  })
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
