import { sql } from 'kysely'
import type { SqlEngine } from './open-store.ts'
import type { Db } from './transaction.ts'

/**
 * Makes transactions that name a common key wait for each other until they end: what one of them reads about a
 * key, e.g. that nothing is recorded of it, stays true while it decides. Keys are locked in one order, so that
 * two transactions never wait for each other. On SQLite a transaction is alone already.
 */
export async function lockKeys(db: Db, engine: SqlEngine, keys: readonly string[]): Promise<void> {
  if (engine === 'sqlite' || keys.length === 0) return
  const sorted = [...new Set(keys)].sort()
  await sql`
    select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${sorted}::text[]) as key
  `.execute(db)
}
