import { z } from 'zod'
import { OPTIMIZATION_METRICS } from '../domain/flow.ts'
import { formatMicros } from '../domain/money.ts'
import { createSeededRandom } from '../domain/random-draws.ts'
import { judgeSplit, type SplitVerdict } from '../domain/split-test.ts'
import type { ReportRow } from '../reports/run-report.ts'
import { SPLIT_METRICS, toSplitArm } from '../reports/split-arms.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { dayField, filtersField, nameField, untilGone } from './ask-report.ts'
import { workspaceOf } from './caller.ts'
import { timeZoneField } from './fields.ts'
import { notFound } from './problem.ts'
import { findLabels } from './report-labels.ts'

/** More arms than a test has; those with most visits are compared. */
const ARMS_MAX = 50
/** The same data has the same verdict, whoever asks. */
const SEED = 1

const splitBody = z.strictObject({
  from: dayField,
  to: dayField,
  timeZone: timeZoneField.optional().describe("The workspace's unless told"),
  dimension: nameField.describe('What is compared: path, lander, offer, or any other dimension'),
  metric: z.enum(OPTIMIZATION_METRICS),
  filters: filtersField,
})

const splitSchema = z
  .object({
    metric: z.enum(OPTIMIZATION_METRICS),
    arms: z.array(
      z.object({
        key: z.string(),
        label: z.string().describe("The arm's name, where the key is an id"),
        visits: z.int(),
        clicks: z.int(),
        conversions: z.int(),
        revenue: z.string(),
        estimate: z.string().describe('What the metric is believed to be: a ratio, or money'),
        low: z.string().describe('It lies above this, and below `high`, with a probability of 95 %'),
        high: z.string(),
        probabilityBest: z.number().describe('That no other arm is better, 0 to 1'),
      }),
    ),
  })
  .meta({ id: 'SplitReport' })

/** How sure a split test is of its winner. Conversions count by the day of their visit. */
export function splitReportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/reports/split', {
    schema: {
      tags: ['reports'],
      summary: 'Compare the arms of a split test',
      body: splitBody,
      response: { 200: splitSchema },
    },
    handler: async (request, reply) =>
      await compare(deps, workspaceOf(request), request.body, untilGone(reply)),
  })
}

async function compare(
  deps: ApiDeps,
  id: string,
  body: z.infer<typeof splitBody>,
  signal: AbortSignal,
): Promise<z.input<typeof splitSchema>> {
  const workspace = await getWorkspace(deps.store.db, id)
  if (workspace === undefined) throw notFound('workspace', id)
  const { dimension, metric, timeZone = workspace.timeZone, ...rest } = body
  const report = await deps.runReport(
    {
      ...rest,
      workspace: id,
      timeZone,
      dateBasis: 'click',
      groupBy: [dimension],
      metrics: SPLIT_METRICS,
      limit: ARMS_MAX,
    },
    signal,
  )
  // What had no visit, such as the path of a test conversion alone, takes no part: nothing is known of it.
  const rows = report.rows.filter(({ metrics }) => Number(metrics.visits) > 0)
  const labels = await findLabels(deps.store.db, id, rows)
  const arms = rows.map((row) => toSplitArm(row.keys[dimension] ?? '', row.metrics))
  const verdicts = judgeSplit(metric, arms, createSeededRandom(SEED))
  return {
    metric,
    arms: rows.map((row, index) =>
      toView({ row, verdict: verdicts[index], label: labels[index]?.[dimension], metric }),
    ),
  }
}

function toView(of: {
  readonly row: ReportRow
  readonly verdict: SplitVerdict | undefined
  readonly label: string | undefined
  readonly metric: (typeof OPTIMIZATION_METRICS)[number]
}) {
  const { row, verdict, metric } = of
  const isMoney = metric === 'epv' || metric === 'epc'
  const shown = (value = 0) => (isMoney ? formatMicros(Math.round(value)) : value.toFixed(6))
  const { visits, clicks, conversions } = toSplitArm('', row.metrics)
  return {
    key: verdict?.id ?? '',
    label: of.label ?? '',
    visits,
    clicks,
    conversions,
    revenue: String(row.metrics.revenue ?? '0'),
    estimate: shown(verdict?.mean),
    low: shown(verdict?.low),
    high: shown(verdict?.high),
    probabilityBest: verdict?.probabilityBest ?? 0,
  }
}
