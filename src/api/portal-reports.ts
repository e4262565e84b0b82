import { z } from 'zod'
import { type MetricKind, toMetric } from '../reports/metrics.ts'
import { REPORT_LIMITS, type ReportFilter, type ReportRequest } from '../reports/report-request.ts'
import type { ReportRow } from '../reports/run-report.ts'
import { SqlParams } from '../reports/sql-params.ts'
import { namesOfOffers } from '../store/offer-names.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { dayField, untilGone } from './ask-report.ts'
import { timeZoneField } from './fields.ts'
import { withinLargeReports } from './large-reports.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'

/** What an affiliate may group and filter by → the ledger's names. Nothing else reaches the report. */
const DIMENSIONS = {
  offer: 'offer',
  day: 'day',
  hour: 'hour',
  country: 'country',
  device_type: 'device_type',
  os: 'os',
  browser: 'browser',
  sub1: 'sub1',
  sub2: 'sub2',
  sub3: 'sub3',
  sub4: 'sub4',
  sub5: 'sub5',
  sub6: 'sub6',
  sub7: 'sub7',
  sub8: 'sub8',
  sub9: 'sub9',
  sub10: 'sub10',
  // The affiliate's own; in the ledger `source` is a tracker's traffic source.
  source: 'token:source',
  event: 'event',
  status: 'status',
} as const

const METRICS = {
  visits: 'visits',
  unique_visits: 'unique_visits',
  clicks: 'clicks',
  conversions: 'conversions',
  conversions_pending: 'conversions_pending',
  conversions_approved: 'conversions_approved',
  conversions_rejected: 'conversions_rejected',
  payout: 'payout',
  cr: 'cr',
  // What the affiliate earns for a click; `epc` is the network's.
  epc: 'payout_epc',
} as const

type DimensionName = keyof typeof DIMENSIONS
type MetricName = keyof typeof METRICS

const dimensionField = z.enum(Object.keys(DIMENSIONS) as DimensionName[]) // the keys of that very object
const metricField = z.enum(Object.keys(METRICS) as MetricName[]) // the keys of that very object
const ROWS_MAX = 10_000
const METRICS_DEFAULT: MetricName[] = ['visits', 'clicks', 'conversions', 'payout', 'cr', 'epc']
/** Days and hours are what from and to are for. */
const FILTER_OPERATORS = ['is', 'is_not', 'contains', 'starts'] as const

export const affiliateReportBody = z.strictObject({
  from: dayField.describe('First day, in the time zone'),
  to: dayField.describe('Last day, included'),
  timeZone: timeZoneField.optional().describe("The network's unless told"),
  dateBasis: z
    .enum(['conversion', 'click'])
    .default('conversion')
    .describe('Which day a conversion counts on'),
  groupBy: z.array(dimensionField).max(REPORT_LIMITS.groupingsMax).default([]),
  metrics: z.array(metricField).min(1).max(REPORT_LIMITS.metricsMax).default(METRICS_DEFAULT),
  filters: z
    .array(
      z.strictObject({
        dimension: dimensionField,
        operator: z.enum(FILTER_OPERATORS),
        values: z.array(z.string().max(1_024)).min(1).max(REPORT_LIMITS.filterValuesMax),
      }),
    )
    // One more is the server's: that of the affiliate.
    .max(REPORT_LIMITS.filtersMax - 1)
    .default([]),
  sort: z
    .strictObject({ by: z.union([metricField, dimensionField]), direction: z.enum(['asc', 'desc']) })
    .optional(),
  limit: z.int().min(1).max(ROWS_MAX).default(REPORT_LIMITS.rowsDefault),
  offset: z.int().min(0).max(REPORT_LIMITS.offsetMax).default(0),
})

const valuesSchema = z
  .record(z.string(), z.union([z.number(), z.string(), z.null()]))
  .describe('Counts and ratios are numbers, money decimal strings; null where the divisor is zero')

export const affiliateReportSchema = z
  .object({
    rows: z.array(
      z.object({
        keys: z.record(z.string(), z.string()).describe('Dimension → value'),
        labels: z.record(z.string(), z.string()).describe('Names of offers'),
        metrics: valuesSchema,
      }),
    ),
    totals: valuesSchema,
    groups: z.int().describe('On all pages'),
    currency: z.string(),
    timeZone: z.string(),
  })
  .meta({ id: 'PortalReport' })

/** Reports over one affiliate's own visits and conversions; money is its payout alone. */
export function portalReportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/portal/reports', {
    schema: {
      tags: ['portal'],
      summary: 'Run a report',
      body: affiliateReportBody,
      response: { 200: affiliateReportSchema },
    },
    handler: async (request, reply) => {
      const user = await portalUser(deps.store.db, request)
      return await reportOfAffiliate(deps, user, { body: request.body, signal: untilGone(reply) })
    },
  })
}

type Asked = { readonly body: z.output<typeof affiliateReportBody>; readonly signal: AbortSignal }

/** By what a metric of the portal is written: money is a decimal. */
export function kindOfMetric(name: MetricName): MetricKind {
  return toMetric(METRICS[name], new SqlParams()).kind
}

/** Counts and payouts of one affiliate; nothing of what the network earns can be asked for. */
export async function reportOfAffiliate(
  { store, runReport }: ApiDeps,
  user: PortalUser,
  { body, signal }: Asked,
): Promise<z.input<typeof affiliateReportSchema>> {
  const { timeZone = user.network.timeZone } = body
  const { rows, totals, groups } = await withinLargeReports(body.limit, () =>
    runReport(toRequest(user, { ...body, timeZone }), signal),
  )
  const names = await namesOfOffers(store.db, user.workspace, offersOf(rows))
  return {
    rows: rows.map((row) => toRow(row, names)),
    totals: renamed(totals, METRIC_BY_COLUMN),
    groups,
    currency: user.network.currency,
    timeZone,
  }
}

type Wanted = z.output<typeof affiliateReportBody> & { readonly timeZone: string }

/** The affiliate's filter comes first, and no other one can take it away: all of them must hold. */
function toRequest({ workspace, affiliateId }: PortalUser, wanted: Wanted): ReportRequest {
  const { sort, groupBy, metrics, filters, ...rest } = wanted
  const own: ReportFilter = { dimension: 'affiliate', operator: 'is', values: [affiliateId] }
  return {
    ...rest,
    workspace,
    groupBy: groupBy.map((name) => DIMENSIONS[name]),
    metrics: metrics.map((name) => METRICS[name]),
    filters: [own, ...filters.map((filter) => ({ ...filter, dimension: DIMENSIONS[filter.dimension] }))],
    ...(sort === undefined ? {} : { sort: { ...sort, by: COLUMNS[sort.by] } }),
  }
}

const COLUMNS: Readonly<Record<DimensionName | MetricName, string>> = { ...DIMENSIONS, ...METRICS }
const METRIC_BY_COLUMN = invert(METRICS)
const DIMENSION_BY_COLUMN = invert(DIMENSIONS)

function toRow({ keys, metrics }: ReportRow, names: ReadonlyMap<string, string>) {
  const name = names.get(keys.offer ?? '')
  return {
    keys: renamed(keys, DIMENSION_BY_COLUMN),
    labels: name === undefined ? {} : { offer: name },
    metrics: renamed(metrics, METRIC_BY_COLUMN),
  }
}

function offersOf(rows: readonly ReportRow[]): readonly string[] {
  return rows.flatMap(({ keys }) => (keys.offer === undefined || keys.offer === '' ? [] : [keys.offer]))
}

function renamed<Value>(
  values: Readonly<Record<string, Value>>,
  names: ReadonlyMap<string, string>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names.get(name) ?? name, value]))
}

function invert(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names).map(([name, column]) => [column, name]))
}
