import { type Selectable, sql } from 'kysely'
import { newRecordId } from './ids.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { JobState } from './schema-work.ts'
import type { Db } from './transaction.ts'

const REASON_CHARS_MAX = 500

/**
 * Work that takes long: done in steps, it survives a restart and shows its progress.
 *
 * ```
 *  waiting ──claim──▶ running ──finish──▶ done | failed
 *     ▲                  │
 *     ╰──── release ─────┤           cancel: waiting | running ──▶ cancelled
 *        (a clean stop)  ╰─ its lease runs out ─▶ claimed again, from its cursor
 * ```
 */
export type Job = {
  readonly id: string
  readonly workspace: string
  /** Names its handler, e.g. 'conversion_upload'. */
  readonly kind: string
  readonly state: JobState
  /** What there is to do; 0 while nobody knows. */
  readonly total: number
  readonly done: number
  /** Of those done, how many did not go well. */
  readonly failed: number
  /** As its creator gave them; JSON. */
  readonly params: unknown
  /** Where to go on after a restart; null at the start. JSON. */
  readonly cursor: unknown
  /** Null until it is done. JSON. */
  readonly result: unknown
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  /** Why it failed; '' otherwise. */
  readonly reason: string
  /** Unix milliseconds. */
  readonly createdAt: number
  /** Of a running job also its lease: whoever runs it moves it on, and knows by it that nobody else has. */
  readonly updatedAt: number
}

/** Counts are totals of the whole job, not of the step. Without `cursor` the cursor stays. */
export type JobProgress = {
  readonly done: number
  readonly total: number
  readonly failed: number
  readonly cursor?: unknown
}

/**
 * Does a job of one kind, from `job.cursor` on. A step that was interrupted before its progress was written is
 * done again: steps are idempotent.
 */
export type JobHandler = (
  job: Job,
  step: {
    /** After each step. @throws when the job is cancelled, or somebody else's by now: let it pass. */
    progress(progress: JobProgress): Promise<void>
    /** Aborts when the job is cancelled and when the process stops. */
    readonly signal: AbortSignal
  },
) => Promise<{ readonly result: unknown }>

type JobOrder = Pick<Job, 'workspace' | 'kind' | 'params' | 'actor' | 'total'>

/** Waits to be run. */
export async function createJob(db: Db, job: JobOrder, now: number): Promise<Job> {
  const row = waitingRow({ ...job, key: '' }, now)
  await db.insertInto('jobs').values(row).execute()
  return toJob(row)
}

/**
 * Creates the job once for its key, however often it is ordered and by however many at once.
 * @returns the job that is there, as it is now, and whether this call made it. Its parameters may be others.
 */
export async function createJobOnce(
  db: Db,
  job: JobOrder & { readonly key: string },
  now: number,
): Promise<{ readonly job: Job; readonly isNew: boolean }> {
  const row = waitingRow(job, now)
  const made = await db
    .insertInto('jobs')
    .values(row)
    .onConflict((conflict) =>
      // literal: the partial index jobs_key needs to see it
      conflict.columns(['workspace', 'kind', 'key']).where('key', '<>', sql.lit('')).doNothing(),
    )
    .executeTakeFirst()
  if (made.numInsertedOrUpdatedRows === 1n) return { job: toJob(row), isNew: true }
  const known = await db
    .selectFrom('jobs')
    .selectAll()
    .where('workspace', '=', job.workspace)
    .where('kind', '=', job.kind)
    .where('key', '=', job.key)
    .where('key', '<>', sql.lit(''))
    .executeTakeFirstOrThrow()
  return { job: toJob(known), isNew: false }
}

function waitingRow(job: JobOrder & { readonly key: string }, now: number) {
  return {
    id: newRecordId(now),
    workspace: job.workspace,
    kind: job.kind,
    key: job.key,
    state: 'waiting' as const,
    total: job.total,
    done: 0,
    failed: 0,
    params_json: JSON.stringify(job.params),
    cursor_json: 'null',
    result_json: 'null',
    actor: job.actor,
    reason: '',
    created_at: now,
    updated_at: now,
  }
}

export async function getJob(db: Db, key: OwnedId): Promise<Job | undefined> {
  const row = await db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toJob(row)
}

/** Of all workspaces, those that are not at their end. */
export async function countOpenJobs(db: Db): Promise<{ waiting: number; running: number }> {
  const rows = await db
    .selectFrom('jobs')
    .select(['state', (count) => count.fn.countAll<number | string>().as('jobs')])
    // literal: the partial index jobs_open needs to see it
    .where(sql<boolean>`state in ('waiting', 'running')`)
    .groupBy('state')
    .execute()
  const of = (state: JobState) => Number(rows.find((row) => row.state === state)?.jobs ?? 0)
  return { waiting: of('waiting'), running: of('running') }
}

export type JobFilter = { readonly kind?: string | undefined; readonly state?: JobState | undefined }

/** Newest first. */
export async function listJobs(
  db: Db,
  workspace: string,
  filter: JobFilter,
  page: PageRequest,
): Promise<Page<Job>> {
  let query = db
    .selectFrom('jobs')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toJob), page, (job) => job.createdAt)
}

/**
 * Kinds of jobs that are run one after the other; jobs of different lanes are run side by side, so that one which
 * takes an hour holds up its own kind alone. `except`: every kind that no other lane names, unknown ones as well.
 */
export type JobLane = { readonly only: readonly string[] } | { readonly except: readonly string[] }

/**
 * Takes the lane's oldest open job to be run: one that waits, or one whose runner has not shown itself for `leaseMs`.
 * @returns undefined when there is none, or while another one of the lane is being run.
 */
export async function claimOpenJob(
  db: Db,
  lane: JobLane,
  { now, leaseMs }: { readonly now: number; readonly leaseMs: number },
): Promise<Job | undefined> {
  const isHeld = openJobs(db, lane)
    .select('id')
    .where('state', '=', 'running')
    .where('updated_at', '>', now - leaseMs)
  // One statement: asked one after the other, a job that another runner takes in between would be taken from it.
  const row = await openJobs(db, lane)
    .selectAll()
    .where((where) => where.not(where.exists(isHeld)))
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : await moveOn(db, { ...toJob(row), now }, { state: 'running' })
}

function openJobs(db: Db, lane: JobLane) {
  const open = db.selectFrom('jobs').where('state', 'in', ['waiting', 'running'])
  if ('only' in lane) return open.where('kind', 'in', lane.only)
  return lane.except.length === 0 ? open : open.where('kind', 'not in', lane.except)
}

/**
 * Keeps the lease of a running job, and its progress when there is any.
 * @returns the job as it is now; undefined when it is no longer the caller's: cancelled, or claimed by another.
 */
export async function renewJob(
  db: Db,
  job: Job,
  now: number,
  progress?: JobProgress,
): Promise<Job | undefined> {
  return await moveOn(db, { ...job, now }, progress === undefined ? {} : toProgressColumns(progress))
}

/** The end of a running job; false when it is no longer the caller's. */
export async function finishJob(
  db: Db,
  job: Job,
  end: { readonly result: unknown } | { readonly reason: string },
  now: number,
): Promise<boolean> {
  const columns =
    'result' in end
      ? { state: 'done' as const, result_json: JSON.stringify(end.result ?? null) }
      : { state: 'failed' as const, reason: end.reason.slice(0, REASON_CHARS_MAX) }
  return (await moveOn(db, { ...job, now }, columns)) !== undefined
}

/** Gives a running job back, so that the next process need not wait for the lease to run out. */
export async function releaseJob(db: Db, job: Job, now: number): Promise<void> {
  await moveOn(db, { ...job, now }, { state: 'waiting' })
}

/** Stops a job that is not at its end; what its steps did stays. False when it is at its end, or is not there. */
export async function cancelJob(db: Db, key: OwnedId, now: number): Promise<boolean> {
  const result = await db
    .updateTable('jobs')
    .set({ state: 'cancelled', updated_at: now })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Changes a job that is still as the caller knows it: by state and time, of which the latter always grows. */
async function moveOn(
  db: Db,
  known: Job & { readonly now: number },
  columns: Partial<Selectable<Database['jobs']>>,
): Promise<Job | undefined> {
  const row = await db
    .updateTable('jobs')
    .set({ ...columns, updated_at: Math.max(known.now, known.updatedAt + 1) })
    .where('id', '=', known.id)
    .where('state', '=', known.state)
    .where('updated_at', '=', known.updatedAt)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toJob(row)
}

function toProgressColumns({ done, total, failed, cursor }: JobProgress) {
  return { done, total, failed, ...(cursor !== undefined && { cursor_json: JSON.stringify(cursor) }) }
}

function toJob(row: Selectable<Database['jobs']>): Job {
  return {
    id: row.id,
    workspace: row.workspace,
    kind: row.kind,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    params: JSON.parse(row.params_json),
    cursor: JSON.parse(row.cursor_json),
    result: JSON.parse(row.result_json),
    actor: row.actor,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
