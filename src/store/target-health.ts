import { sql } from 'kysely'
import { TARGET_FAILING_MS_MAX } from '../domain/delivery-rules.ts'
import { inChunks } from './in-chunks.ts'
import type { Db } from './transaction.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/**
 * A target that fails for too long is disabled, unless it is called so rarely that this says little: it must have
 * failed steadily for a part of the last day.
 */
const STEADY_MS_MIN = 12 * HOUR_MS

/** How the calls to one target went that are recorded together. */
export type TargetCallsSummary = {
  readonly targetId: string
  readonly workspace: string
  /** Null when none was delivered. */
  readonly lastSuccessAt: number | null
  /** Those after the last success; all, when there was none. */
  readonly failuresInRow: number
  /** Of these the first and the last; null when the last call was delivered. */
  readonly failingSince: number | null
  readonly lastFailureAt: number | null
  /** '' when the last call was delivered. */
  readonly lastError: string
}

/** A target that is to be disabled, and why, for its owner. */
export type FailedTarget = {
  readonly id: string
  readonly workspace: string
  readonly reason: string
  /** When it failed last. */
  readonly now: number
}

/**
 * Notes how targets fare, in the transaction that records their calls. In order of id, so that two workers never wait
 * for each other.
 * @returns those that have failed for five days.
 */
export async function recordTargetHealth(
  db: Db,
  calls: readonly TargetCallsSummary[],
): Promise<readonly FailedTarget[]> {
  const sorted = [...calls].sort((a, b) => (a.targetId < b.targetId ? -1 : 1))
  const failed: FailedTarget[] = []
  await inChunks(sorted, async (chunk) => {
    for (const row of await noteAll(db, chunk)) failed.push(...toFailed(row))
  })
  return failed
}

/** A target that is switched on again is judged by what comes, and not by why it was switched off. */
export async function clearTargetHealth(db: Db, targetId: string): Promise<void> {
  await db
    .updateTable('target_health')
    .set({ failing_since: null, steady_since: null, failures_in_row: 0, last_error: '' })
    .where('target_id', '=', targetId)
    .execute()
}

function toFailed(row: Noted): readonly FailedTarget[] {
  const { target_id: id, workspace, failing_since: since, steady_since: steady, last_failure_at: now } = row
  if (since === null || steady === null || now === null) return []
  if (now - since < TARGET_FAILING_MS_MAX || now - steady < STEADY_MS_MIN) return []
  return [{ id, workspace, now, reason: `failing since ${new Date(since).toISOString()}: ${row.last_error}` }]
}

type Noted = {
  readonly target_id: string
  readonly workspace: string
  readonly failing_since: number | null
  readonly steady_since: number | null
  readonly last_failure_at: number | null
  readonly last_error: string
}

/** What stands right of = in the update is the row as it was; `excluded` are the values of the new calls. */
async function noteAll(db: Db, calls: readonly TargetCallsSummary[]): Promise<readonly Noted[]> {
  const values = calls.map(
    (of) => sql`(${of.targetId}, ${of.workspace}, ${of.failingSince}, ${of.failingSince}, ${of.failuresInRow},
      ${of.lastSuccessAt}, ${of.lastFailureAt}, ${of.lastError})`,
  )
  const goesOn = sql`(excluded.last_success_at is null and target_health.failing_since is not null)`
  const { rows } = await sql<Noted>`
    insert into target_health (
      target_id, workspace, failing_since, steady_since, failures_in_row, last_success_at, last_failure_at, last_error
    )
    values ${sql.join(values)}
    on conflict (target_id) do update set
      failing_since = case when ${goesOn} then target_health.failing_since else excluded.failing_since end,
      steady_since = case
        when ${goesOn} and target_health.last_failure_at >= excluded.last_failure_at - ${sql.lit(DAY_MS)}
        then target_health.steady_since else excluded.steady_since end,
      failures_in_row = excluded.failures_in_row + case when ${goesOn} then target_health.failures_in_row else 0 end,
      last_success_at = coalesce(excluded.last_success_at, target_health.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, target_health.last_failure_at),
      last_error = excluded.last_error
    returning target_id, workspace, failing_since, steady_since, last_failure_at, last_error
  `.execute(db)
  return rows
}
