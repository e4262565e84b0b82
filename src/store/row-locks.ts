import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Db } from './transaction.ts'

/**
 * For the end of a select that picks the rows for a change: takes their locks, and passes over rows that somebody else
 * holds, so that it never waits. Empty on SQLite, where one writes at a time.
 */
export function passingOverLocked(db: Db, tables: readonly string[]): RawBuilder<unknown> {
  if (!hasRowLocks(db)) return sql``
  return sql`for update of ${sql.join(tables.map((table) => sql.ref(table)))} skip locked`
}

/**
 * Locks deliveries that a transaction is about to change together, in order of id: two that change many of the same
 * rows then never wait for each other. They wait for whoever holds one.
 */
export async function lockDeliveries(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length < 2 || !hasRowLocks(db)) return
  await sql`select 1 from deliveries where id = any(${ids}::text[]) order by id for update`.execute(db)
}

function hasRowLocks(db: Db): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}
