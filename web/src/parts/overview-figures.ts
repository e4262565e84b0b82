import type { components } from '../api-types.ts'
import type { overviewTexts as words } from '../texts-overview.ts'

export type OverviewMetric = keyof typeof words.metrics
export type Against = keyof typeof words.againsts
type ReportRow = components['schemas']['Report']['rows'][number]

/** What is asked for; ROI is a quotient of these, since its sum over hours is none of its values. */
export const ADDED = ['visits', 'clicks', 'conversions', 'revenue', 'payout', 'cost', 'profit'] as const
type Added = (typeof ADDED)[number]
const MONEY: ReadonlySet<string> = new Set(['revenue', 'payout', 'cost', 'profit'])

/** Of some time; money in integer micros. */
export type Figures = Readonly<Record<Added, number>>

const MICROS = 1_000_000
const HOUR_MS = 3_600_000
const NOTHING: Figures = { visits: 0, clicks: 0, conversions: 0, revenue: 0, payout: 0, cost: 0, profit: 0 }

/** The figures of a report's row. */
export function toFigures({ metrics }: Pick<ReportRow, 'metrics'>): Figures {
  const of = (name: Added) => {
    const value = Number(metrics[name] ?? 0)
    return MONEY.has(name) ? Math.round(value * MICROS) : value
  }
  return eachOf(of)
}

export function sumOf(parts: readonly Figures[]): Figures {
  return eachOf((name) => parts.reduce((sum, part) => sum + part[name], 0))
}

function eachOf(of: (name: Added) => number): Figures {
  return {
    visits: of('visits'),
    clicks: of('clicks'),
    conversions: of('conversions'),
    revenue: of('revenue'),
    payout: of('payout'),
    cost: of('cost'),
    profit: of('profit'),
  }
}

/** In units of its own: money in whole units, ROI as a share; null where nothing was spent. */
export function figureOf(figures: Figures, metric: OverviewMetric): number | null {
  if (metric !== 'roi') return MONEY.has(metric) ? figures[metric] / MICROS : figures[metric]
  const spent = figures.payout + figures.cost
  return spent === 0 ? null : figures.profit / spent
}

/** A day by its hours, of which a change of the clocks adds one or takes one away. */
export type DayByHour = { readonly startAt: number; readonly hours: readonly Figures[] }

/** @param bounds of the day, Unix milliseconds. */
export function toDayByHour(
  rows: readonly ReportRow[],
  { startAt, endAt }: { readonly startAt: number; readonly endAt: number },
): DayByHour {
  const byHour = new Map(rows.map((row) => [hourOf(row.keys.hour ?? ''), toFigures(row)]))
  const count = Math.round((endAt - startAt) / HOUR_MS)
  const hours = Array.from({ length: count }, (_, n) => byHour.get(startAt + n * HOUR_MS) ?? NOTHING)
  return { startAt, hours }
}

/** Unix milliseconds of "2026-11-22T14:00+0000", whose offset Date.parse asks for with a colon. */
function hourOf(key: string): number {
  return Date.parse(`${key.slice(0, -2)}:${key.slice(-2)}`)
}

/** Days in a row by their figures; of a day without any there is no row. */
export function toDays(rows: readonly ReportRow[], days: readonly string[]): readonly Figures[] {
  const byDay = new Map(rows.map((row) => [row.keys.day ?? '', toFigures(row)]))
  return days.map((day) => byDay.get(day) ?? NOTHING)
}

/** Hours of the day that are over. */
export function fullHoursOf({ startAt, hours }: DayByHour, now: number): number {
  return Math.min(Math.max(0, Math.floor((now - startAt) / HOUR_MS)), hours.length)
}

export type Difference =
  | { readonly kind: 'none' }
  | { readonly kind: 'new' }
  /** By a share of what was before. */
  | { readonly kind: 'share'; readonly by: number }
  /** By so much, of what a share of would mislead: what may be negative, or is a share itself. */
  | { readonly kind: 'amount'; readonly by: number }

/** How a metric differs over the same hours of two days; undefined where one has no value. */
export function differenceOf(metric: OverviewMetric, now: Figures, before: Figures): Difference | undefined {
  const [value, old] = [figureOf(now, metric), figureOf(before, metric)]
  if (value === null || old === null) return undefined
  if (value === old) return { kind: 'none' }
  if (metric === 'profit' || metric === 'roi') return { kind: 'amount', by: value - old }
  return old === 0 ? { kind: 'new' } : { kind: 'share', by: (value - old) / old }
}
