import { keepPreviousData, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import { comparedPeriod, counterpart, joinKey, type Period } from './report-compare.ts'
import type { Filter } from './report-filters.ts'
import type { MetricValues } from './report-metrics.ts'
import { type Dimension, isTimeDimension, type Metric } from './report-names.ts'
import { type Path, type ReportQuery, ROWS_MAX, ROWS_STEP, samePath } from './report-query.ts'
import { toReportFilters } from './report-values.ts'

/** What is asked, in which time zone. */
export type AskedReport = ReportQuery & { readonly timeZone: string }

export type ReportRow = {
  readonly keys: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly metrics: MetricValues
}

/** The rows below one row, or the outermost ones. */
export type Level = {
  /** Of the row above them; empty for the outermost. */
  readonly path: Path
  readonly groupBy: readonly Dimension[]
  readonly rows: readonly ReportRow[]
  /** How many there are on all pages. */
  readonly groups: number
  readonly totals: MetricValues
  readonly before: Before | undefined
}

/** The same of the compared period. */
export type Before = {
  readonly totals: MetricValues
  readonly of: (row: ReportRow) => MetricValues | undefined
}

export type ReportAnswer = {
  /** What this answers, which may be what was asked before. */
  readonly asked: AskedReport
  readonly top: Level
  /** Of the rows that are open. */
  readonly below: readonly Level[]
}

const REFRESH_MS = 30_000
/** A little less, so that looking again is loading again; opening one more row loads that one alone. */
const STALE_MS = 25_000
/** Larger answers are loaded again when somebody asks. */
const REFRESHED_ROWS_MAX = 1_000
/** As many values as one filter takes. */
const FILTER_VALUES_MAX = 1_000

/**
 * The rows that are asked for and those below the open ones; the former answer stays until the next is whole.
 * @param moreOf how many rows an open row shows, where it is more than usual
 */
export function useReport(asked: AskedReport, limitBelow: (path: Path) => number) {
  const queries = useQueryClient()
  const limits = asked.open.map(limitBelow)
  const { view: _view, picked: _picked, measure: _measure, splitBy: _splitBy, ...question } = asked
  return useQuery({
    queryKey: ['report', question, limits],
    queryFn: async (): Promise<ReportAnswer> => {
      const top = await loadLevel(queries, asked, { path: [], limit: asked.limit })
      return { asked, top, below: asked.isFlat ? [] : await loadBelow(queries, asked, top, limitBelow) }
    },
    placeholderData: keepPreviousData,
    refetchInterval: asked.limit > REFRESHED_ROWS_MAX ? false : REFRESH_MS,
  })
}

/** Those of the open rows that are there, level by level. */
async function loadBelow(
  queries: QueryClient,
  asked: AskedReport,
  top: Level,
  limitBelow: (path: Path) => number,
): Promise<readonly Level[]> {
  const found: Level[] = []
  let above: readonly Level[] = [top]
  for (let depth = 1; depth < asked.groupBy.length; depth += 1) {
    const open = asked.open.filter(
      (path) => path.length === depth && above.some((level) => hasRow(level, path)),
    )
    above = await Promise.all(
      open.map((path) => loadLevel(queries, asked, { path, limit: limitBelow(path) })),
    )
    found.push(...above)
  }
  return found
}

function hasRow(level: Level, path: Path): boolean {
  if (!samePath(level.path, path.slice(0, -1))) return false
  const [dimension] = level.groupBy
  return dimension !== undefined && level.rows.some(({ keys }) => keys[dimension] === path.at(-1))
}

type LevelAsked = { readonly path: Path; readonly limit: number }

async function loadLevel(queries: QueryClient, asked: AskedReport, level: LevelAsked): Promise<Level> {
  const { path, limit } = level
  const groupBy = asked.isFlat ? asked.groupBy : asked.groupBy.slice(path.length, path.length + 1)
  const inside = path.map((value, index) => isValue(asked.groupBy[index] ?? 'campaign', value))
  const body = toBody(asked, { groupBy, filters: [...asked.filters, ...inside], limit })
  const report = await loadReport(queries, body)
  const period = comparedPeriod(asked)
  const before = period && (await loadBefore(queries, asked, { level, groupBy, period, rows: report.rows }))
  return { path, groupBy, rows: report.rows, groups: report.groups, totals: report.totals, before }
}

type Compared = {
  readonly level: LevelAsked
  readonly groupBy: readonly Dimension[]
  readonly period: Period
  readonly rows: readonly ReportRow[]
}

/** The counterparts of these rows; where they can be named, nothing else is asked for. */
async function loadBefore(queries: QueryClient, asked: AskedReport, compared: Compared): Promise<Before> {
  const { level, groupBy, period, rows } = compared
  const inside = level.path.map((value, index) =>
    counterpart(asked.groupBy[index] ?? 'campaign', value, { of: asked, other: period }),
  )
  const filters = [...asked.filters, ...inside]
  const named = groupBy.flatMap((dimension) => namedValues(dimension, rows))
  const bodyOf = (narrowed: readonly Filter[], limit: number) => ({
    ...toBody(asked, { groupBy, filters: narrowed, limit }),
    from: period.from,
    to: period.to,
  })
  const [whole, report] = await Promise.all([
    loadReport(queries, bodyOf(filters, 1)),
    loadReport(queries, bodyOf([...filters, ...named], ROWS_MAX)),
  ])
  const byKey = new Map(
    report.rows.map((row) => [joinKey(groupBy, row.keys, period.from), row.metrics] as const),
  )
  return { totals: whole.totals, of: ({ keys }) => byKey.get(joinKey(groupBy, keys, asked.from)) }
}

function namedValues(dimension: Dimension, rows: readonly ReportRow[]): readonly Filter[] {
  const values = [...new Set(rows.map(({ keys }) => keys[dimension] ?? ''))]
  const canName = !isTimeDimension(dimension) && values.length > 0 && values.length <= FILTER_VALUES_MAX
  return canName ? [{ dimension, operator: 'is', values }] : []
}

export function isValue(dimension: Dimension, value: string): Filter {
  return { dimension, operator: 'is', values: [value] }
}

type Rows = {
  readonly groupBy: readonly Dimension[]
  readonly filters: readonly Filter[]
  readonly limit: number
}

/** The API's form of the question. What the rows are sorted by need not be among them. */
export function toBody(asked: AskedReport, { groupBy, filters, limit }: Rows) {
  const { from, to, timeZone, dateBasis, sort } = asked
  // Also where they are not shown: a split test needs to know which rows have any.
  const metrics = [...new Set<Metric>(['visits', ...asked.metrics])]
  const isSortable = isSortedBy(asked, groupBy)
  const own = groupBy[0]
  const order =
    isSortable || own === undefined ? sort : { by: asked.metrics[0] ?? 'visits', direction: 'desc' as const }
  return {
    from,
    to,
    timeZone,
    dateBasis,
    filters: toReportFilters(filters),
    groupBy: [...groupBy],
    metrics,
    sort: order,
    limit,
    offset: 0,
  }
}

/** A dimension sorts only where it groups. */
function isSortedBy({ sort, metrics }: AskedReport, groupBy: readonly Dimension[]): boolean {
  return metrics.some((name) => name === sort.by) || groupBy.some((name) => name === sort.by)
}

type ReportBody = Omit<ReturnType<typeof toBody>, 'metrics' | 'sort'> & {
  readonly metrics: string[]
  readonly sort: { readonly by: string; readonly direction: 'asc' | 'desc' }
}

/** One answer of the API, kept for a while: several parts of the screen ask the same. */
export async function loadReport(queries: QueryClient, body: ReportBody) {
  return await queries.fetchQuery({
    queryKey: ['report-part', body],
    queryFn: () => answerOf(api.POST('/api/v1/reports', { body })),
    staleTime: STALE_MS,
  })
}

/** How many rows an open row shows at first. */
export const ROWS_BELOW = ROWS_STEP
