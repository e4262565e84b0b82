import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { comparedPeriod, counterpart, joinKey, type Period } from './report-compare.ts'
import { type AskedReport, isValue, loadReport, toBody } from './report-data.ts'
import type { MetricKind } from './report-metrics.ts'
import type { Dimension } from './report-names.ts'
import { addDays, daysBetween, type Path, todayIn } from './report-query.ts'
import { startOfDay } from './zoned-day.ts'

const HOURS_DAYS_MAX = 2
const DAYS_DAYS_MAX = 100
const WEEKS_DAYS_MAX = 700
const HOUR_MS = 3_600_000
const REFRESH_MS = 30_000
/** Above the number of steps of any period that fits the limits. */
const STEPS_MAX = 1_000

type Step = 'hour' | 'day' | 'week' | 'month'

export type Moments = {
  readonly step: Step
  /** As the API names them. */
  readonly keys: readonly string[]
  /** When each begins, Unix ms. */
  readonly at: readonly number[]
}

export type MeasuredSeries = {
  /** Of a row, or empty for the total. */
  readonly path: Path
  readonly isBefore: boolean
  readonly values: readonly (number | null)[]
}

/** The measure over time, for the total or for the chosen rows; what it is compared with goes with the total alone. */
export function useSeries(asked: AskedReport, kind: MetricKind) {
  const queries = useQueryClient()
  const moments = momentsOf(asked)
  const paths: readonly Path[] = asked.picked.length === 0 ? [[]] : asked.picked
  const period = asked.picked.length === 0 ? comparedPeriod(asked) : undefined
  const { from, to, timeZone, dateBasis, groupBy, filters, measure } = asked
  return useQuery({
    queryKey: [
      'report-series',
      { from, to, timeZone, dateBasis, groupBy, filters, measure },
      paths,
      period,
      kind,
    ],
    queryFn: async () => {
      const load = (path: Path, before?: Period) =>
        loadSeries({ queries, asked, moments, kind, path, before })
      const own = await Promise.all(paths.map((path) => load(path)))
      return { moments, series: period === undefined ? own : [...own, await load([], period)] }
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
}

type SeriesAsked = {
  readonly queries: ReturnType<typeof useQueryClient>
  readonly asked: AskedReport
  readonly moments: Moments
  readonly kind: MetricKind
  readonly path: Path
  readonly before: Period | undefined
}

async function loadSeries(of: SeriesAsked): Promise<MeasuredSeries> {
  const { queries, asked, moments, kind, path, before } = of
  const { measure } = asked
  const inside = path.map((value, index) => {
    const dimension = asked.groupBy[index] ?? 'campaign'
    return before ? counterpart(dimension, value, { of: asked, other: before }) : isValue(dimension, value)
  })
  const groupBy: readonly Dimension[] = [moments.step]
  const question = { ...asked, metrics: [measure], sort: { by: moments.step, direction: 'asc' as const } }
  const body = toBody(question, { groupBy, filters: [...asked.filters, ...inside], limit: STEPS_MAX })
  const report = await loadReport(queries, before ? { ...body, from: before.from, to: before.to } : body)
  const start = before?.from ?? asked.from
  const known = new Map(
    report.rows.map((row) => [joinKey(groupBy, row.keys, start), row.metrics[measure] ?? null]),
  )
  // Where nothing happened a count is zero, but a rate has no value.
  const nothing = kind === 'count' || kind === 'money' ? 0 : null
  const values = moments.keys.map((key) => {
    const value = known.get(joinKey(groupBy, { [moments.step]: key }, asked.from))
    return value === undefined ? nothing : value === null ? null : Number(value)
  })
  return { path, isBefore: before !== undefined, values }
}

/** The hours, days, weeks or months of a period, up to today. */
function momentsOf({ from, to, timeZone }: AskedReport): Moments {
  const today = todayIn(timeZone)
  const last = to > today && from <= today ? today : to
  const days = daysBetween(from, last) + 1
  if (days <= HOURS_DAYS_MAX) return hoursOf(from, last, timeZone)
  const all = Array.from({ length: days }, (_, index) => addDays(from, index))
  if (days <= DAYS_DAYS_MAX) return beginning('day', all, timeZone)
  if (days <= WEEKS_DAYS_MAX) return beginning('week', all.filter(isMonday), timeZone)
  const months = [...new Set(all.map((day) => `${day.slice(0, 7)}-01`))]
  return beginning('month', months, timeZone)
}

function isMonday(day: string, index: number): boolean {
  return index === 0 || new Date(day).getUTCDay() === 1
}

function beginning(step: Step, days: readonly string[], timeZone: string): Moments {
  return { step, keys: days, at: days.map((day) => startOfDay(day, timeZone).getTime()) }
}

function hoursOf(from: string, to: string, timeZone: string): Moments {
  const [start, end] = [startOfDay(from, timeZone), startOfDay(addDays(to, 1), timeZone)]
  const now = Date.now()
  const count = Math.round((end.getTime() - start.getTime()) / HOUR_MS)
  const at = Array.from({ length: count }, (_, index) => start.getTime() + index * HOUR_MS)
  const passed = at.filter((moment) => moment <= now)
  return { step: 'hour', keys: passed.map((moment) => hourKey(moment, timeZone)), at: passed }
}

/** '2026-11-22T13' in the time zone. */
function hourKey(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}`
}
