import type { QueryParams } from './ledger.ts'

/** What differs between chDB and a ClickHouse server. Errors are the engine's own. */
export type LedgerEngine = {
  query<T>(sql: string, params: QueryParams, signal: AbortSignal | undefined): Promise<T[]>
  /** As `query`, but does not wait behind one. */
  lookUp<T>(sql: string): Promise<T[]>
  command(sql: string, params: QueryParams): Promise<void>
  insert(jsonLines: Buffer, token: string): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

export const INSERT_TABLE = 'ledger_in'

/**
 * Settings of an insert, given with the statement: a setting that stays on a connection would give one insert
 * the token of another.
 */
export function insertSettings(token: string) {
  return {
    insert_deduplication_token: token,
    // The token is meant for the table behind the view.
    deduplicate_blocks_in_dependent_materialized_views: 1,
    // Answered when the rows are on disk, not when they are queued.
    async_insert: 0,
    input_format_skip_unknown_fields: 1,
    // One reader makes one block; two make two from 10 MB on.
    input_format_parallel_parsing: 0,
  } as const
}
