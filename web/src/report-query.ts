import { dayOf } from './format.ts'
import { type Filter, readFilters } from './report-filters.ts'
import { type Dimension, hasOwnOrder, isDimension, isMetric, type Metric } from './report-names.ts'
import { isKey, texts } from './texts.ts'
import { explorerTexts } from './texts-explorer.ts'

export type SplitMetric = keyof typeof texts.report.splitMetrics
type DateBasis = keyof typeof texts.report.dateBases
type Range = keyof typeof texts.report.ranges
export type View = keyof typeof explorerTexts.views
export type Comparison = keyof typeof explorerTexts.comparisons
/** The values of the outer dimensions down to a row, outermost first. */
export type Path = readonly string[]

export const GROUPINGS_MAX = 4
export const ROWS_STEP = 100
/** As many as one answer of the API has. */
export const ROWS_MAX = 50_000
export const METRICS_MAX = 30
export const SERIES_MAX = 8
const OPEN_MAX = 40
/** Nothing was tracked before. */
const FIRST_DAY = '2000-01-01'
const DAY_MS = 86_400_000

/** What a report shows unless other columns are chosen. */
const USUAL_METRICS: readonly Metric[] = [
  ...(['visits', 'unique_visits', 'clicks', 'ctr', 'conversions', 'cr'] as const),
  ...(['revenue', 'cost', 'profit', 'roi', 'epc', 'bot_visits'] as const),
]

/** What a report asks and how it is shown, as the address holds it. */
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
  readonly filters: readonly Filter[]
  readonly sort: { readonly by: Metric | Dimension; readonly direction: 'asc' | 'desc' }
  readonly limit: number
  readonly compare: Comparison
  /** First day of the period to compare with, where that one is chosen. */
  readonly compareFrom: string
  /** Every combination of the groupings in a row of its own, instead of rows that open. */
  readonly isFlat: boolean
  readonly view: View
  /** What the chart, the heat map and the world map show. */
  readonly measure: Metric
  /** Rows that are opened. */
  readonly open: readonly Path[]
  /** Rows that are chosen for the chart. */
  readonly picked: readonly Path[]
}

/** Reads the address; whatever is missing or unknown there has its default. */
export function readReportQuery(address: URLSearchParams, today: string): ReportQuery {
  const groupBy = readGroupBy(address.get('by'))
  const metrics = readMetrics(address.get('cols'))
  const measure = address.get('measure') ?? ''
  const chosen = { groupBy, metrics, measure: isMetric(measure) ? measure : (metrics[0] ?? 'visits') }
  return {
    ...readPeriod(address, today),
    ...chosen,
    dateBasis: oneOf(texts.report.dateBases, address.get('basis'), 'conversion'),
    splitBy: oneOf(texts.report.splitMetrics, address.get('split'), 'cv'),
    filters: readFilters(address.get('only')),
    sort: readSort(address, groupBy, metrics),
    limit: Math.min(Math.max(Number(address.get('rows')) || ROWS_STEP, ROWS_STEP), ROWS_MAX),
    compare: oneOf(explorerTexts.comparisons, address.get('compare'), 'none'),
    compareFrom: address.get('compareFrom') ?? '',
    isFlat: address.get('flat') === '1' && groupBy.length > 1,
    view: oneOf(explorerTexts.views, address.get('view'), 'table'),
    open: readPaths(address.get('open'), OPEN_MAX),
    picked: readPaths(address.get('pick'), SERIES_MAX),
  }
}

/** For the address; undefined for the usual ones. */
export function writeMetrics(metrics: readonly Metric[]): string | undefined {
  const text = metrics.join(',')
  return metrics.length === 0 || text === USUAL_METRICS.join(',') ? undefined : text
}

/** For the address; undefined for none. The newest stay when there are too many. */
export function writePaths(paths: readonly Path[]): string | undefined {
  return paths.length === 0 ? undefined : JSON.stringify(paths.slice(-OPEN_MAX))
}

/** Rows that are opened or chosen belong to their groupings, and so does the order. */
export function writeGroupBy(groupBy: readonly Dimension[]): Readonly<Record<string, string | undefined>> {
  return { by: groupBy.join(','), sort: undefined, dir: undefined, open: undefined, pick: undefined }
}

export function samePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}

/** The day in the time zone. */
export function todayIn(timeZone: string): string {
  return dayOf(new Date(), timeZone)
}

/** Days of the calendar: in UTC every one of them has 24 hours. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10)
}

/** How many days from one to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

function oneOf<T extends object>(
  words: T,
  text: string | null,
  otherwise: keyof T & string,
): keyof T & string {
  return isKey(words, text) ? text : otherwise
}

function readMetrics(text: string | null): readonly Metric[] {
  const named = (text ?? '').split(',').filter(isMetric)
  const chosen = [...new Set(named)].slice(0, METRICS_MAX)
  return chosen.length === 0 ? USUAL_METRICS : chosen
}

function readGroupBy(text: string | null): readonly Dimension[] {
  const named = (text ?? '').split(',').filter(isDimension)
  const chosen = [...new Set(named)].slice(0, GROUPINGS_MAX)
  return chosen.length === 0 ? ['campaign'] : chosen
}

/** What passes reads best with the newest on top; anything else with the most of the first metric. */
function readSort(
  address: URLSearchParams,
  groupBy: readonly Dimension[],
  metrics: readonly Metric[],
): ReportQuery['sort'] {
  const by = address.get('sort')
  const direction = address.get('dir') === 'asc' ? 'asc' : 'desc'
  const chosen = metrics.find((name) => name === by) ?? groupBy.find((name) => name === by)
  if (chosen !== undefined) return { by: chosen, direction }
  const first = groupBy[0]
  return first !== undefined && hasOwnOrder(first)
    ? { by: first, direction: first === 'weekday' || first === 'hour_of_day' ? 'asc' : 'desc' }
    : { by: metrics[0] ?? 'visits', direction: 'desc' }
}

function readPaths(text: string | null, most: number): readonly Path[] {
  try {
    const paths: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(paths) ? paths.filter(isPath).slice(0, most) : []
  } catch {
    return []
  }
}

function isPath(value: unknown): value is Path {
  return Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')
}

function readPeriod(
  address: URLSearchParams,
  today: string,
): { readonly range: Range; readonly from: string; readonly to: string } {
  const range = oneOf(texts.report.ranges, address.get('range'), 'week')
  if (range !== 'custom') return { range, ...daysOf(range, today) }
  return { range, from: readDay(address.get('from')) ?? today, to: readDay(address.get('to')) ?? today }
}

/** A day that is still being typed is none: its year begins with zeros. */
function readDay(text: string | null): string | undefined {
  return text === null || Number.isNaN(Date.parse(text)) || text < FIRST_DAY ? undefined : text
}

function daysOf(range: Exclude<Range, 'custom'>, today: string): { from: string; to: string } {
  switch (range) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case 'week':
      return { from: addDays(today, -6), to: today }
    case 'month':
      return { from: addDays(today, -29), to: today }
    case 'thisMonth':
      return { from: `${today.slice(0, 8)}01`, to: today }
  }
}
