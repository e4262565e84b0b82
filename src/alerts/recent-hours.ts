import { localHourStart, readLocalClock } from '../domain/local-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** What is usual is what was in two fortnights: a campaign that has none of the first is too new for a verdict. */
const FORTNIGHT_DAYS = 14

/** Hours of the day, 0 to 23, on the days from `from` to `to` (YYYY-MM-DD, both included). */
export type HoursOfDays = { readonly from: string; readonly to: string; readonly hours: readonly number[] }

export type HoursToCompare = {
  /** Unix milliseconds: the end of the last full hour. */
  readonly until: number
  /** The last full hours, by day: at most two days. */
  readonly recent: readonly HoursOfDays[]
  /** The same hours of the older and of the later fortnight before. */
  readonly usual: readonly [older: HoursOfDays, later: HoursOfDays]
}

/**
 * The last `count` full hours by the zone's clock, and the same hours of the four weeks before them.
 * @param atMs up to which everything is known, Unix milliseconds.
 * @param count at most 24.
 */
export function hoursToCompare(atMs: number, zone: string, count: number): HoursToCompare {
  const until = localHourStart(atMs, zone)
  const clocks = Array.from({ length: count }, (_, i) => readLocalClock(until - (count - i) * HOUR_MS, zone))
  const days = Map.groupBy(clocks, ({ date }) => date)
  const recent = [...days].map(([date, of]) => ({ from: date, to: date, hours: of.map(({ hour }) => hour) }))
  const hours = [...new Set(clocks.map(({ hour }) => hour))]
  const lastUsual = addDays(recent[0]?.from ?? readLocalClock(until, zone).date, -1)
  const later = { from: addDays(lastUsual, 1 - FORTNIGHT_DAYS), to: lastUsual, hours }
  const older = { from: addDays(later.from, -FORTNIGHT_DAYS), to: addDays(later.from, -1), hours }
  return { until, recent, usual: [older, later] }
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}
