import type { MetricKind } from './metrics.ts'

/** Limits of one report. */
export const REPORT_LIMITS = {
  groupingsMax: 4,
  metricsMax: 40,
  filtersMax: 20,
  filterValuesMax: 1_000,
  rowsMax: 50_000,
  rowsDefault: 100,
  /** Rows times columns of one answer: 50,000 rows have up to 20. It is read as a whole, where hits are judged. */
  cellsMax: 1_000_000,
  /** Groups behind this one are not reached by paging; a filter is. */
  offsetMax: 1_000_000,
  rangeDaysMax: 3_660,
} as const

export type ReportRequest = {
  readonly workspace: string
  /** First and last day, both included, YYYY-MM-DD in the time zone. */
  readonly from: string
  readonly to: string
  /** IANA name: days, weeks and hours are this zone's, through its changes of the clock. */
  readonly timeZone: string
  /** Whether a conversion counts on the day it happened, or on the day of its visit. */
  readonly dateBasis: DateBasis
  /** Dimensions, outermost first; empty for totals alone. */
  readonly groupBy: readonly string[]
  readonly metrics: readonly string[]
  /** By the name under which `metrics` and `sort` have them. */
  readonly customMetrics?: ReadonlyMap<string, CustomMetric>
  readonly filters: readonly ReportFilter[]
  /** A metric or one of `groupBy`; by default the first metric, highest first. */
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' }
  readonly limit?: number
  readonly offset?: number
}

/** A metric of the workspace's own: a formula (domain/formula.ts) over the metrics that every workspace has. */
export type CustomMetric = { readonly formula: string; readonly kind: MetricKind }

export type DateBasis = 'conversion' | 'click'

/** All filters must hold; one filter holds when any of its values does (`is_not`: when none does). */
export type ReportFilter = {
  readonly dimension: string
  readonly operator: FilterOperator
  readonly values: readonly string[]
}

export const FILTER_OPERATORS = ['is', 'is_not', 'in', 'contains', 'starts'] as const
export type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** The request cannot be a report: a mistake of the caller's, to be told to them. */
export class ReportRequestError extends Error {
  readonly code = 'bad_report'
}

/** @throws ReportRequestError on anything that the query builder must not see */
export function checkReportRequest(request: ReportRequest): void {
  const { groupBy, metrics, filters, limit = 1, offset = 0 } = request
  require(isDay(request.from) && isDay(request.to), 'from and to must be days as YYYY-MM-DD')
  require(isTimeZone(request.timeZone), `unknown time zone ${request.timeZone}`)
  const days = (Date.parse(request.to) - Date.parse(request.from)) / 86_400_000
  require(days >= 0, 'from must not be after to')
  require(days < REPORT_LIMITS.rangeDaysMax, `at most ${REPORT_LIMITS.rangeDaysMax} days`)
  require(groupBy.length <= REPORT_LIMITS.groupingsMax, `at most ${REPORT_LIMITS.groupingsMax} groupings`)
  require(new Set(groupBy).size === groupBy.length, 'each grouping at most once')
  require(metrics.length > 0, 'at least one metric')
  require(metrics.length <= REPORT_LIMITS.metricsMax, `at most ${REPORT_LIMITS.metricsMax} metrics`)
  require(filters.length <= REPORT_LIMITS.filtersMax, `at most ${REPORT_LIMITS.filtersMax} filters`)
  for (const filter of filters) checkFilter(filter)
  require(isWithin(limit, 1, REPORT_LIMITS.rowsMax), `limit must be 1 to ${REPORT_LIMITS.rowsMax}`)
  require(limit * (groupBy.length + metrics.length) <=
    REPORT_LIMITS.cellsMax, `at most ${REPORT_LIMITS.cellsMax} values: ask for fewer rows or fewer columns`)
  require(isWithin(offset, 0, REPORT_LIMITS.offsetMax), `offset must be 0 to ${REPORT_LIMITS.offsetMax}`)
}

function checkFilter({ dimension, operator, values }: ReportFilter): void {
  require(FILTER_OPERATORS.includes(operator), `unknown operator of the filter on ${dimension}`)
  require(isWithin(
    values.length,
    1,
    REPORT_LIMITS.filterValuesMax,
  ), `the filter on ${dimension} needs 1 to ${REPORT_LIMITS.filterValuesMax} values`)
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** Offsets such as +02:00 are refused: the engine knows names alone. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

function require(holds: boolean, reason: string): void {
  if (!holds) throw new ReportRequestError(reason)
}
