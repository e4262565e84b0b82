import { z } from 'zod'
import { CUSTOM_PREFIX } from '../reports/custom-metric.ts'
import { DIMENSION_NAMES } from '../reports/dimensions.ts'
import { METRIC_KINDS, METRIC_NAMES, toMetric } from '../reports/metrics.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import { SqlParams } from '../reports/sql-params.ts'
import { listCustomMetrics } from '../store/custom-metrics.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { askReport, questionFields, untilGone } from './ask-report.ts'
import { workspaceOf } from './caller.ts'

const TAGS = ['reports']
/** Of the workspace's own, the newest. */
const CUSTOM_LISTED_MAX = 500

const reportBody = z.strictObject({
  ...questionFields,
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
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(METRIC_KINDS),
        label: z.string().optional().describe("What a metric of the workspace's own is called"),
      }),
    )
    .describe(
      'Besides these, conversions:EVENT, events:EVENT and revenue:EVENT for each event, number:NAME for each number',
    ),
})

/** Everything is reported from the ledger, in the workspace's currency. */
export function reportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/reports', {
    schema: { tags: TAGS, summary: 'Run a report', body: reportBody, response: { 200: reportSchema } },
    handler: async (request, reply) => {
      const { rows, totals, groups, labels, currency, timeZone } = await askReport(
        deps,
        workspaceOf(request),
        request.body,
        untilGone(reply),
      )
      const named = rows.map((row, index) => ({ ...row, labels: labels[index] ?? {} }))
      return { rows: named, totals, groups, currency, timeZone }
    },
  })
  app.get('/api/v1/reports/dimensions', {
    schema: { tags: TAGS, summary: 'What reports are made of', response: { 200: catalogueSchema } },
    handler: async (request) => ({
      dimensions: [...DIMENSION_NAMES],
      metrics: [
        ...METRIC_NAMES.map((name) => ({ name, kind: toMetric(name, new SqlParams()).kind })),
        ...(await ownMetrics(deps.store.db, workspaceOf(request))),
      ],
    }),
  })
}

async function ownMetrics(db: Db, workspace: string) {
  const { items } = await listCustomMetrics(db, workspace, { limit: CUSTOM_LISTED_MAX })
  return items.map(({ id, name, kind }) => ({ name: `${CUSTOM_PREFIX}${id}`, kind, label: name }))
}
