import { LOCALE } from '../format.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A day can be an hour short where clocks change. */
const DAY_LEAST_MS = 23 * HOUR_MS
const MONTH_LEAST_MS = 28 * DAY_MS

/** Half of what a single point takes of the axis, which has no width of its own. */
export const LONE_POINT_MS = HOUR_MS

/** The shortest time between two moments; of fewer than two it is an hour. */
export function stepOf(at: readonly number[]): number {
  const steps = at.slice(1).map((moment, index) => moment - (at[index] ?? moment))
  return steps.length === 0 ? HOUR_MS : Math.min(...steps)
}

/** Between whole hours of the clock that people count in. */
const HOUR_STEPS = [1, 2, 3, 4, 6, 12, 24]

/**
 * Which points an axis has marks at, at most `most`: full hours that divide a day, or every so manieth day, week or
 * month. Hours are those of the clock, also on the days when it is put forward or back.
 */
export function marksOf(at: readonly number[], timeZone: string, most: number): readonly number[] {
  if (stepOf(at) >= DAY_LEAST_MS) {
    const every = Math.ceil(at.length / Math.max(1, most))
    return at.filter((_, index) => index % every === 0)
  }
  const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone })
  const hours = at.map((moment) => Number(clock.format(moment)))
  const marks = HOUR_STEPS.map((step) => at.filter((_, index) => (hours[index] ?? 0) % step === 0))
  return marks.find(({ length }) => length <= most) ?? marks.at(-1) ?? []
}

/** "14:00", "22 Nov" or "Nov 2026", as the browser's language writes them, by how far the marks of an axis are apart. */
export function toAxisFormat(stepMs: number, timeZone: string): (at: number) => string {
  if (stepMs >= MONTH_LEAST_MS) return toFormat({ month: 'short', year: 'numeric' }, timeZone)
  if (stepMs >= DAY_LEAST_MS) return toFormat({ day: 'numeric', month: 'short' }, timeZone)
  return toFormat({ hour: '2-digit', minute: '2-digit' }, timeZone)
}

/** "22 Nov, 14:00" for hours and "Sun, 22 Nov 2026" for days: the moment of one point in full. */
export function toPointFormat(stepMs: number, timeZone: string): (at: number) => string {
  if (stepMs >= MONTH_LEAST_MS) return toFormat({ month: 'long', year: 'numeric' }, timeZone)
  if (stepMs >= DAY_LEAST_MS) {
    return toFormat({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }, timeZone)
  }
  return toFormat({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }, timeZone)
}

function toFormat(options: Intl.DateTimeFormatOptions, timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone })
  return (at) => format.format(at)
}
