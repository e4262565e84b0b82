import { z } from 'zod'
import { CORRECTION_LIMITS } from '../corrections/correction-limits.ts'
import type { FraudRequest } from '../corrections/fraud-query.ts'
import { FRAUD_RERUN_JOB, type FraudPreview } from '../corrections/fraud-rerun.ts'
import { appendAudit } from '../store/audit-log.ts'
import { createJob } from '../store/jobs.ts'
import { inTransaction } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { filtersField } from './ask-report.ts'
import { type Caller, callerOf } from './caller.ts'
import { rangeFields, toRange } from './correction-range-fields.ts'
import { timeField, timeZoneField, toTime } from './fields.ts'
import { jobSchema, toJobView } from './jobs.ts'
import { notFound, Problem } from './problem.ts'

const PATH = '/api/v1/fraud/reruns'
const VISITS_MAX = 1_000_000
const MINUTES_MAX = 7 * 24 * 60
const SECONDS_MAX = 24 * 60 * 60

const ruleField = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('filter'), filters: filtersField }).describe('Visits as in a report'),
  z
    .strictObject({
      type: z.literal('repeated_address'),
      visits: z.int().min(1).max(VISITS_MAX),
      minutes: z.int().min(1).max(MINUTES_MAX),
    })
    .describe('Visits beyond so many from one address to one campaign within the minutes'),
  z
    .strictObject({ type: z.literal('too_fast'), seconds: z.int().min(1).max(SECONDS_MAX) })
    .describe('Visits with a conversion sooner than that'),
  z.strictObject({ type: z.literal('datacenter') }).describe('Visits from addresses of hosting companies'),
])

const rerunBody = z.strictObject({
  ...rangeFields,
  timeZone: timeZoneField.optional().describe("The workspace's unless told"),
  rule: ruleField,
  flag: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a word of small letters, digits and _')
    .describe('The flag that these visits get, e.g. datacenter'),
  markAsBot: z.boolean().describe('They count as bots, with the flag as the reason'),
  undo: z
    .boolean()
    .default(false)
    .describe('Take the flag away again, and make those people that are bots because of it'),
  preview: z.boolean().default(false).describe('Say what it would do, and do nothing'),
})

const previewSchema = z.object({
  preview: z.literal(true),
  visits: z.int().describe('Visits that would change'),
  botsBefore: z.int().describe('Of those, how many are bots'),
  botsAfter: z.int(),
  cost: z.string().describe('What these visits cost; it stays'),
  conversions: z.int().describe('What they converted; it stays'),
  sample: z.array(
    z.object({
      clickId: z.string(),
      at: timeField,
      campaignId: z.string(),
      ip: z.string(),
      country: z.string(),
      userAgent: z.string(),
      bot: z.string(),
      flags: z.string(),
    }),
  ),
})
const startedSchema = z.object({ preview: z.literal(false), job: jobSchema })

/** Rules of fraud for visits that are recorded already. */
export function fraudRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: ['fraud'],
      summary: 'Flag past visits by a rule; preview tells which',
      body: rerunBody,
      response: { 200: z.union([previewSchema, startedSchema]) },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const wanted = await toFraudRequest(deps, caller.workspace, request.body)
      const preview = await deps.previewFraudRerun(caller.workspace, wanted)
      if (request.body.preview)
        return { preview: true as const, ...preview, sample: preview.sample.map(toSample) }
      if (preview.visits > CORRECTION_LIMITS.rerunVisitsMax) throw tooMany(preview.visits)
      return { preview: false as const, job: await startRerun(deps, caller, wanted, preview.visits) }
    },
  })
}

async function toFraudRequest(
  deps: ApiDeps,
  workspaceId: string,
  body: z.infer<typeof rerunBody>,
): Promise<FraudRequest> {
  const workspace = await getWorkspace(deps.store.db, workspaceId)
  if (workspace === undefined) throw notFound('workspace', workspaceId)
  const { rule, flag, markAsBot, undo, timeZone = workspace.timeZone } = body
  return { range: toRange(body), timeZone, rule, flag, markAsBot, undo }
}

async function startRerun(deps: ApiDeps, caller: Caller, request: FraudRequest, visits: number) {
  const { workspace, actor } = caller
  const now = deps.clock()
  return await inTransaction(deps.store.db, async (db) => {
    const job = await createJob(
      db,
      { workspace, kind: FRAUD_RERUN_JOB, params: request, actor, total: visits },
      now,
    )
    const subject = { subjectType: 'job', subjectId: job.id }
    const action = request.undo ? 'fraud.undo' : 'fraud.rerun'
    await appendAudit(db, { workspace, at: now, actor, action, ...subject, detail: { ...request, visits } })
    return toJobView(job)
  })
}

function tooMany(visits: number): Problem {
  return new Problem(
    422,
    'too_many_visits',
    `${visits} visits match, of at most ${CORRECTION_LIMITS.rerunVisitsMax}: choose a shorter range.`,
  )
}

function toSample(row: FraudPreview['sample'][number]) {
  return {
    clickId: row.click_id,
    at: toTime(row.at),
    campaignId: row.campaign_id ?? '',
    ip: row.ip ?? '',
    country: row.country ?? '',
    userAgent: row.user_agent ?? '',
    bot: row.bot ?? '',
    flags: row.flags ?? '',
  }
}
