import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { DIMENSION_NAMES } from '../reports/dimensions.ts'
import { METRIC_NAMES, toMetric } from '../reports/metrics.ts'
import { FILTER_OPERATORS, REPORT_LIMITS } from '../reports/report-request.ts'
import { SqlParams } from '../reports/sql-params.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeZoneField } from './fields.ts'
import { notFound } from './problem.ts'
import { findLabels } from './report-labels.ts'

const TAGS = ['reports']
const NAME_CHARS_MAX = 100
const REPORT_TIMEOUT_MS = 30_000
const METRICS_DEFAULT = ['visits', 'clicks', 'conversions', 'revenue', 'cost', 'profit']

export const nameField = z.string().min(1).max(NAME_CHARS_MAX)
export const dayField = z.iso.date()

export const filtersField = z
  .array(
    z.strictObject({
      dimension: nameField,
      operator: z.enum(FILTER_OPERATORS),
      values: z.array(z.string().max(1_024)).min(1).max(REPORT_LIMITS.filterValuesMax),
    }),
  )
  .max(REPORT_LIMITS.filtersMax)
  .default([])

const reportBody = z.strictObject({
  from: dayField.describe('First day, in the time zone'),
  to: dayField.describe('Last day, included'),
  timeZone: timeZoneField.optional().describe("The workspace's unless told"),
  dateBasis: z
    .enum(['conversion', 'click'])
    .default('conversion')
    .describe('Which day a conversion counts on'),
  groupBy: z
    .array(nameField)
    .max(REPORT_LIMITS.groupingsMax)
    .default([])
    .describe('Dimensions, outermost first'),
  metrics: z.array(nameField).min(1).max(REPORT_LIMITS.metricsMax).default(METRICS_DEFAULT),
  filters: filtersField,
  sort: z.strictObject({ by: nameField, direction: z.enum(['asc', 'desc']) }).optional(),
  limit: z.int().min(1).max(REPORT_LIMITS.rowsMax).default(REPORT_LIMITS.rowsDefault),
  offset: z.int().min(0).max(REPORT_LIMITS.offsetMax).default(0),
})

const valuesSchema = z
  .record(z.string(), z.union([z.number(), z.string(), z.null()]))
  .describe(
    'Counts and ratios are numbers, money and named numbers decimal strings; null where the divisor is zero',
  )

const reportSchema = z
  .object({
    rows: z.array(
      z.object({
        keys: z.record(z.string(), z.string()).describe('Dimension → value'),
        labels: z
          .record(z.string(), z.string())
          .describe('Dimension → name, for dimensions whose values are ids'),
        metrics: valuesSchema,
      }),
    ),
    totals: valuesSchema,
    groups: z.int().describe('On all pages'),
    currency: z.string(),
    timeZone: z.string(),
  })
  .meta({ id: 'Report' })

const catalogueSchema = z.object({
  dimensions: z.array(z.string()).describe('Besides these, token:NAME for each token of a traffic source'),
  metrics: z
    .array(z.object({ name: z.string(), kind: z.enum(['count', 'money', 'number', 'ratio']) }))
    .describe(
      'Besides these, conversions:EVENT, events:EVENT and revenue:EVENT for each event, number:NAME for each number',
    ),
})

/** Everything is reported from the ledger, in the workspace's currency. */
export function reportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/reports', {
    schema: { tags: TAGS, summary: 'Run a report', body: reportBody, response: { 200: reportSchema } },
    handler: async (request, reply) => await run(deps, workspaceOf(request), request.body, untilGone(reply)),
  })
  app.get('/api/v1/reports/dimensions', {
    schema: { tags: TAGS, summary: 'What reports are made of', response: { 200: catalogueSchema } },
    handler: async () => ({
      dimensions: [...DIMENSION_NAMES],
      metrics: METRIC_NAMES.map((name) => ({ name, kind: toMetric(name, new SqlParams()).kind })),
    }),
  })
}

/**
 * Aborts when the caller hangs up or the report takes too long. Fastify's own request.signal aborts as soon as
 * the body of a POST has been read.
 */
export function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, AbortSignal.timeout(REPORT_TIMEOUT_MS)])
}

async function run(deps: ApiDeps, id: string, body: z.infer<typeof reportBody>, signal: AbortSignal) {
  const workspace = await getWorkspace(deps.store.db, id)
  if (workspace === undefined) throw notFound('workspace', id)
  const { sort, timeZone = workspace.timeZone, ...rest } = body
  const request = { ...rest, workspace: id, timeZone, ...(sort === undefined ? {} : { sort }) }
  const { rows, totals, groups } = await deps.runReport(request, signal)
  const labels = await findLabels(deps.store.db, id, rows)
  return {
    rows: rows.map((row, index) => ({ ...row, labels: labels[index] ?? {} })),
    totals,
    groups,
    currency: workspace.currency,
    timeZone,
  }
}
