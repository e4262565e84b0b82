import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { comparedPeriod, counterpart, type Period } from './report-compare.ts'
import { type AskedReport, isValue, loadReport, toBody } from './report-data.ts'
import type { MetricKind, MetricValue } from './report-metrics.ts'
import { type Moment, momentsOf, rowMoment, type Step, stepFor } from './report-moments.ts'
import type { Dimension } from './report-names.ts'
import { type Path, todayIn } from './report-query.ts'

const REFRESH_MS = 30_000
/** Above the number of steps of any period that fits the limits. */
const STEPS_MAX = 1_000

type Values = readonly (number | null)[]

export type MeasuredSeries = {
  /** Of a row, or empty for the total. */
  readonly path: Path
  readonly values: Values
  /** The same places of the compared period; undefined where the report is compared with none. */
  readonly before: Values | undefined
}

/** The measure over time, for the total or for the chosen rows, each with what it is compared with. */
export function useSeries(asked: AskedReport, kind: MetricKind) {
  const queries = useQueryClient()
  const paths: readonly Path[] = asked.picked.length === 0 ? [[]] : asked.picked
  const period = comparedPeriod(asked)
  const { from, to, timeZone, dateBasis, groupBy, filters, measure } = asked
  const question = { from, to, timeZone, dateBasis, groupBy, filters, measure }
  return useQuery({
    queryKey: ['report-series', question, paths, period, kind],
    queryFn: async () => {
      const shown = upToToday(asked)
      const step = stepFor(shown)
      const now = Date.now()
      const moments = momentsOf({ ...shown, timeZone, now }, step)
      const of = { queries, asked, moments, step, kind, now }
      const series = await Promise.all(paths.map((path) => loadSeries(of, path, period)))
      return { at: moments.map(({ at }) => at), timeZone, series }
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
}

/** Days to come would be a line of nothing. */
function upToToday({ from, to, timeZone }: AskedReport): Period {
  const today = todayIn(timeZone)
  return { from, to: to > today && from <= today ? today : to }
}

type SeriesAsked = {
  readonly queries: ReturnType<typeof useQueryClient>
  readonly asked: AskedReport
  readonly moments: readonly Moment[]
  readonly step: Step
  readonly kind: MetricKind
  readonly now: number
}

async function loadSeries(of: SeriesAsked, path: Path, period?: Period): Promise<MeasuredSeries> {
  const [rows, before] = await Promise.all([
    loadRows(of, path),
    period === undefined ? undefined : loadBefore(of, path, period),
  ])
  const known = new Map(rows.map(({ key, value }) => [key, value]))
  return { path, values: of.moments.map(({ key }) => valueAt(known, key, of.kind)), before }
}

/** The compared period's values at the places of this one; null at those it does not have. */
async function loadBefore(of: SeriesAsked, path: Path, period: Period): Promise<Values> {
  const { asked, moments, step, kind, now } = of
  const rows = await loadRows(of, path, period)
  // Of an hour that the clocks repeated, the first.
  const known = new Map(rows.toReversed().map(({ place, value }) => [place, value]))
  const had = new Set(momentsOf({ ...period, timeZone: asked.timeZone, now }, step).map(({ place }) => place))
  return moments.map(({ place }) => (had.has(place) ? valueAt(known, place, kind) : null))
}

/** The measure by time inside the row of a path, in the report's period or in another. */
async function loadRows({ queries, asked, step }: SeriesAsked, path: Path, before?: Period) {
  const { measure } = asked
  const inside = path.map((value, index) => {
    const dimension = asked.groupBy[index] ?? 'campaign'
    return before ? counterpart(dimension, value, { of: asked, other: before }) : isValue(dimension, value)
  })
  const groupBy: readonly Dimension[] = [step]
  const question = { ...asked, metrics: [measure], sort: { by: step, direction: 'asc' as const } }
  const body = toBody(question, { groupBy, filters: [...asked.filters, ...inside], limit: STEPS_MAX })
  const period = before ?? asked
  const { rows } = await loadReport(queries, { ...body, from: period.from, to: period.to })
  return rows.map(({ keys, metrics }) => ({
    ...rowMoment(step, keys[step] ?? '', period.from),
    value: metrics[measure] ?? null,
  }))
}

/** Where nothing happened a count is zero, but a rate has no value. */
function valueAt(known: ReadonlyMap<string, MetricValue>, key: string, kind: MetricKind): number | null {
  const value = known.get(key)
  if (value === undefined) return kind === 'count' || kind === 'money' ? 0 : null
  return value === null ? null : Number(value)
}
