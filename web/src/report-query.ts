import { dayOf } from './format.ts'
import { isKey, texts } from './texts.ts'

/** `token:NAME` is a named token of a traffic source. */
export type Dimension = keyof typeof texts.report.dimensions | `token:${string}`
export type Metric = keyof typeof texts.report.metrics
export type SplitMetric = keyof typeof texts.report.splitMetrics
type DateBasis = keyof typeof texts.report.dateBases
type Range = keyof typeof texts.report.ranges

export const GROUPINGS_MAX = 4
export const ROWS_STEP = 100
const ROWS_MAX = 10_000
const TOKEN_PREFIX = 'token:'
const DAY_MS = 86_400_000

export const METRICS = Object.keys(texts.report.metrics).filter((name) => isKey(texts.report.metrics, name))
/** What a report shows unless other columns are chosen. */
const USUAL: readonly Metric[] = [
  ...(['visits', 'unique_visits', 'clicks', 'ctr', 'conversions', 'cr'] as const),
  ...(['revenue', 'cost', 'profit', 'roi', 'epc', 'bot_visits'] as const),
]
/** Dimensions whose values compete with each other: what a split test is about. */
const SPLIT_DIMENSIONS: ReadonlySet<string> = new Set(['path', 'lander', 'offer'])
const TIME_DIMENSIONS: ReadonlySet<string> = new Set([
  'day',
  'hour',
  'week',
  'month',
  'weekday',
  'hour_of_day',
])

export function dimensionLabel(dimension: Dimension): string {
  const { dimensions, token } = texts.report
  return isKey(dimensions, dimension) ? dimensions[dimension] : token(dimension.slice(TOKEN_PREFIX.length))
}

function isDimension(name: string): name is Dimension {
  return isKey(texts.report.dimensions, name) || name.startsWith(TOKEN_PREFIX)
}

/** What a report asks, as the address holds it. */
export type ReportQuery = {
  readonly range: Range
  /** First and last day, both included. */
  readonly from: string
  readonly to: string
  readonly dateBasis: DateBasis
  readonly groupBy: readonly Dimension[]
  /** Columns, in their order. */
  readonly metrics: readonly Metric[]
  /** By what the rows of a split test are compared. */
  readonly splitBy: SplitMetric
  readonly only: readonly Only[]
  readonly sort: { readonly by: Metric | Dimension; readonly direction: 'asc' | 'desc' }
  readonly limit: number
}

/** A filter: this dimension has this value. */
export type Only = { readonly dimension: Dimension; readonly value: string }

/** Reads the address; whatever is missing or unknown there has its default. */
export function readReportQuery(address: URLSearchParams, today: string): ReportQuery {
  const groupBy = readGroupBy(address.get('by'))
  const range = address.get('range')
  const known: Range = isKey(texts.report.ranges, range) ? range : 'week'
  const days = known === 'custom' ? undefined : daysOf(known, today)
  const basis = address.get('basis')
  const metrics = readMetrics(address.get('cols'))
  const splitBy = address.get('split')
  return {
    range: known,
    from: days?.from ?? (address.get('from') || today),
    to: days?.to ?? (address.get('to') || today),
    dateBasis: isKey(texts.report.dateBases, basis) ? basis : 'conversion',
    groupBy,
    metrics,
    splitBy: isKey(texts.report.splitMetrics, splitBy) ? splitBy : 'cv',
    only: readOnly(address.get('only')),
    sort: readSort(address, groupBy, metrics),
    limit: Math.min(Math.max(Number(address.get('rows')) || ROWS_STEP, ROWS_STEP), ROWS_MAX),
  }
}

export function writeOnly(only: readonly Only[]): string | undefined {
  return only.length === 0
    ? undefined
    : JSON.stringify(only.map(({ dimension, value }) => [dimension, value]))
}

/** For the address; undefined for the usual ones. */
export function writeMetrics(metrics: readonly Metric[]): string | undefined {
  const text = metrics.join(',')
  return metrics.length === 0 || text === USUAL.join(',') ? undefined : text
}

/** The dimension whose values a report compares; undefined when it is no split test. */
export function splitDimension({ groupBy }: ReportQuery): Dimension | undefined {
  const [only, ...rest] = groupBy
  return rest.length === 0 && only !== undefined && SPLIT_DIMENSIONS.has(only) ? only : undefined
}

function readMetrics(text: string | null): readonly Metric[] {
  const named = new Set((text ?? '').split(','))
  // In the order in which the metrics are told, so that a column is where one expects it.
  const chosen = METRICS.filter((name) => named.has(name))
  return chosen.length === 0 ? USUAL : chosen
}

/** The day in the workspace's time zone. */
export function todayIn(timeZone: string): string {
  return dayOf(new Date(), timeZone)
}

function readGroupBy(text: string | null): readonly Dimension[] {
  if (text === null) return ['campaign']
  const named = text.split(',').filter(isDimension)
  return [...new Set(named)].slice(0, GROUPINGS_MAX)
}

/** Days read best in their own order; anything else with the most of the first metric on top. */
function readSort(
  address: URLSearchParams,
  groupBy: readonly Dimension[],
  metrics: readonly Metric[],
): ReportQuery['sort'] {
  const by = address.get('sort')
  const direction = address.get('dir') === 'asc' ? 'asc' : 'desc'
  const metric = metrics.find((name) => name === by)
  if (metric !== undefined) return { by: metric, direction }
  const dimension = groupBy.find((name) => name === by)
  if (dimension !== undefined) return { by: dimension, direction }
  const first = groupBy[0]
  return first !== undefined && TIME_DIMENSIONS.has(first)
    ? { by: first, direction: 'desc' }
    : { by: metrics[0] ?? 'visits', direction: 'desc' }
}

function readOnly(text: string | null): readonly Only[] {
  try {
    const pairs: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(pairs) ? pairs.flatMap(toOnly) : []
  } catch {
    return []
  }
}

function toOnly(pair: unknown): readonly Only[] {
  if (!Array.isArray(pair)) return []
  const [dimension, value]: unknown[] = pair
  if (typeof dimension !== 'string' || typeof value !== 'string') return []
  return isDimension(dimension) ? [{ dimension, value }] : []
}

function daysOf(range: Exclude<Range, 'custom'>, today: string): { from: string; to: string } {
  switch (range) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: daysBefore(today, 1), to: daysBefore(today, 1) }
    case 'week':
      return { from: daysBefore(today, 6), to: today }
    case 'month':
      return { from: daysBefore(today, 29), to: today }
    case 'thisMonth':
      return { from: `${today.slice(0, 8)}01`, to: today }
  }
}

/** Days of the calendar: in UTC every one of them has 24 hours. */
function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(day) - count * DAY_MS).toISOString().slice(0, 10)
}
