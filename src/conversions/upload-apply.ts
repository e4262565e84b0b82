import { z } from 'zod'
import type { HitAnswer } from '../domain/hit.ts'
import {
  countUploadRows,
  getUpload,
  idOfReportedHit,
  listUploadRows,
  markApplied,
  saveRowOutcomes,
  type UploadRow,
} from '../store/conversion-uploads.ts'
import { createJob, getJob, type Job, type JobHandler } from '../store/jobs.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { OwnedId } from '../store/owned.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { type ByHandDeps, buildReportedHit, findOwnVisits, NO_VISIT } from './by-hand.ts'
import { findOwnPlaces, isWithoutClick, placeProblem } from './own-places.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'

export const UPLOAD_JOB = 'conversion_upload'

const paramsSchema = z.object({ uploadId: z.string(), notify: z.boolean() })
const cursorSchema = z.object({ line: z.int(), done: z.int(), failed: z.int() })
const START: z.infer<typeof cursorSchema> = { line: 0, done: 0, failed: 0 }

/**
 * Has the good rows of a preview judged, by a job. Asked twice it is applied once: the second time the job of the
 * first is named. After a job that failed or was cancelled another one does what is left.
 * @returns undefined when the workspace has no such upload.
 */
export async function applyUpload(
  deps: Pick<ByHandDeps, 'store' | 'clock'>,
  wanted: {
    readonly workspace: string
    readonly id: string
    readonly actor: string
    readonly notify: boolean
  },
): Promise<{ readonly jobId: string; readonly isNew: boolean } | undefined> {
  const { workspace, id, actor, notify } = wanted
  return await inTransaction(deps.store.db, async (db) => {
    // Two at once: the second waits here, and finds the upload applied.
    await lockKeys(db, deps.store.engine, [`upload:${id}`])
    const upload = await getUpload(db, { workspace, id })
    if (upload === undefined) return undefined
    if (upload.state === 'applied' && !(await wasStopped(db, { workspace, id: upload.jobId }))) {
      return { jobId: upload.jobId, isNew: false }
    }
    const now = deps.clock()
    const { rows, broken } = await countUploadRows(db, id)
    const params = { uploadId: id, notify }
    const job = await createJob(db, { workspace, kind: UPLOAD_JOB, params, actor, total: rows - broken }, now)
    await markApplied(db, { workspace, id, jobId: job.id }, now)
    return { jobId: job.id, isNew: true }
  })
}

async function wasStopped(db: Db, job: OwnedId): Promise<boolean> {
  const state = (await getJob(db, job))?.state
  return state === 'failed' || state === 'cancelled'
}

/**
 * Judges the rows batch by batch. A row's hit has the same id whenever it is judged, so that rows judged before a
 * crash get their old answers and count nothing.
 */
export function createUploadJob(deps: ByHandDeps): JobHandler {
  return async (job, step) => {
    const { uploadId, notify } = paramsSchema.parse(job.params)
    let cursor = job.cursor === null ? START : cursorSchema.parse(job.cursor)
    for (;;) {
      const page = { afterLine: cursor.line, limit: UPLOAD_LIMITS.batchRowsMax }
      const rows = await listUploadRows(deps.store.db, uploadId, { hasProblem: false }, page)
      const last = rows.at(-1)
      if (last === undefined) break
      const outcomes = await judgeRows(deps, { job, uploadId, notify }, rows)
      await saveRowOutcomes(deps.store.db, uploadId, outcomes)
      const failed = outcomes.filter(({ outcome }) => !WENT_WELL.has(outcome)).length
      cursor = { line: last.line, done: cursor.done + rows.length, failed: cursor.failed + failed }
      await step.progress({ done: cursor.done, failed: cursor.failed, total: job.total, cursor })
    }
    return { result: (await countUploadRows(deps.store.db, uploadId)).outcomes }
  }
}

const WENT_WELL: ReadonlySet<string> = new Set(['recorded', 'updated', 'duplicate'])

type RowOutcome = Pick<UploadRow, 'line' | 'outcome' | 'reason'>

async function judgeRows(
  deps: ByHandDeps,
  upload: { readonly job: Job; readonly uploadId: string; readonly notify: boolean },
  rows: readonly UploadRow[],
): Promise<readonly RowOutcome[]> {
  const { job, uploadId, notify } = upload
  const problems = await findForeignRows(deps, job.workspace, rows)
  const own = rows.filter(({ line }) => !problems.has(line))
  const hits = own.map(({ line, params: { time, ...params } }) =>
    buildReportedHit({
      id: idOfReportedHit(uploadId, line),
      kind: 'upload',
      // Of the job and not of now: a row that is judged again after a crash is the same.
      at: time === undefined ? job.createdAt : Number(time),
      params,
      notify,
      actor: job.actor,
    }),
  )
  const answers = await deps.judge.judge(hits)
  const byLine = new Map(own.map(({ line }, index) => [line, answers[index]]))
  return rows.map(({ line }) => toOutcome(line, byLine.get(line), problems.get(line) ?? ''))
}

/** By line, why a row is not about the workspace's own. */
async function findForeignRows(
  deps: ByHandDeps,
  workspace: string,
  rows: readonly UploadRow[],
): Promise<ReadonlyMap<number, string>> {
  const reports = rows.map(({ params }) => params)
  const visits = await findOwnVisits(
    deps,
    workspace,
    reports.map(({ cid = '' }) => cid),
  )
  const places = await findOwnPlaces(deps, workspace, reports)
  const problems = new Map<number, string>()
  for (const { line, params } of rows) {
    const isOwn = visits.has(params.cid ?? '')
    const problem = isWithoutClick(params)
      ? placeProblem(params, places)?.reason
      : isOwn
        ? undefined
        : NO_VISIT
    if (problem !== undefined) problems.set(line, problem)
  }
  return problems
}

function toOutcome(line: number, answer: HitAnswer | undefined, problem: string): RowOutcome {
  if (answer === undefined) return { line, outcome: 'unmatched', reason: problem }
  return { line, outcome: answer.outcome, reason: answer.reason ?? '' }
}
