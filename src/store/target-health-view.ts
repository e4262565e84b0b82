import type { Selectable } from 'kysely'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** How a target has fared; times in Unix milliseconds, null for never. */
export type TargetHealth = {
  /** The first failure since the last success; null while it is well. */
  readonly failingSince: number | null
  readonly failuresInRow: number
  readonly lastSuccessAt: number | null
  readonly lastFailureAt: number | null
  /** '' after a success. */
  readonly lastError: string
}

/** By the target's id; one that was never called is not in it. @param ids of a page of targets. */
export async function loadTargetHealth(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TargetHealth>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('target_health').selectAll().where('target_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.target_id, toHealth(row)]))
}

function toHealth(row: Selectable<Database['target_health']>): TargetHealth {
  return {
    failingSince: row.failing_since,
    failuresInRow: row.failures_in_row,
    lastSuccessAt: row.last_success_at,
    lastFailureAt: row.last_failure_at,
    lastError: row.last_error,
  }
}
