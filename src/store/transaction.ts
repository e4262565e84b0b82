import type { Kysely, Transaction } from 'kysely'
import type { Database } from './schema.ts'

/** The database, or a transaction on it that the caller has begun. */
export type Db = Kysely<Database>

/** Runs the work in the caller's transaction when there is one, else in one of its own. */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return await work(db)
  return await db.transaction().execute((trx: Transaction<Database>) => work(trx))
}
