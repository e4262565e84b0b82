import { z } from 'zod'
import { BULK_STATUS_JOB } from '../conversions/bulk-status.ts'
import { appendAudit } from '../store/audit-log.ts'
import { CONVERSIONS_COUNTED_MAX } from '../store/count-conversions.ts'
import { cancelJob, getJob, type Job, listJobs } from '../store/jobs.ts'
import { inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['jobs']
const PATH = '/api/v1/jobs'
const STATES = [
  'waiting',
  'running',
  'done',
  'failed',
  'cancelled',
] as const satisfies readonly Job['state'][]

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.string().describe('conversion_upload, bulk_status, …'),
    state: z.enum(STATES),
    total: z.int().describe('0 while nobody knows'),
    isTotalCut: z.boolean().describe('There are more than `total`: they were not counted further'),
    done: z.int(),
    failed: z.int().describe('Of those done, how many did not go well'),
    params: z.unknown(),
    result: z.unknown().describe('Null until it is done'),
    actor: z.string(),
    reason: z.string().describe('Why it failed'),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'Job' })

const listQuery = pageQuery.extend({
  kind: z.string().max(64).optional(),
  state: z.enum(STATES).optional(),
})

/** Work that takes long. */
export function jobRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: jobs',
      querystring: listQuery,
      response: { 200: pageOf(jobSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await listJobs(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toJobView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: 'One job', params: idParams, response: { 200: jobSchema } },
    handler: async (request) => await showJob(deps, workspaceOf(request), request.params.id),
  })
  cancelRoute(app, deps)
}

function cancelRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/cancel`, {
    schema: {
      tags: TAGS,
      summary: 'Stop a job after the step that it is at; what it did stays',
      params: idParams,
      response: { 200: jobSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      await inTransaction(deps.store.db, async (db) => {
        const job = await getJob(db, { workspace, id })
        if (job === undefined) throw notFound('job', id)
        const now = deps.clock()
        if (!(await cancelJob(db, { workspace, id }, now))) {
          throw new Problem(409, 'job_ended', `The job is ${job.state} already.`)
        }
        const subject = { subjectType: 'job', subjectId: id }
        const entry = { workspace, at: now, actor, action: 'job.cancel', ...subject }
        await appendAudit(db, { ...entry, detail: { kind: job.kind } })
      })
      return await showJob(deps, workspace, id)
    },
  })
}

export async function showJob(deps: ApiDeps, workspace: string, id: string) {
  const job = await getJob(deps.store.db, { workspace, id })
  if (job === undefined) throw notFound('job', id)
  return toJobView(job)
}

export function toJobView(job: Job): z.input<typeof jobSchema> {
  const { workspace: _, cursor: __, createdAt, updatedAt, ...shown } = job
  const isTotalCut = job.kind === BULK_STATUS_JOB && job.total > CONVERSIONS_COUNTED_MAX
  const total = isTotalCut ? CONVERSIONS_COUNTED_MAX : job.total
  return { ...shown, total, isTotalCut, createdAt: toTime(createdAt), updatedAt: toTime(updatedAt) }
}
