import { joinKey, type Period } from './report-compare.ts'
import { addDays, daysBetween } from './report-query.ts'
import { startOfDay } from './zoned-day.ts'

const HOURS_DAYS_MAX = 2
const DAYS_DAYS_MAX = 100
const WEEKS_DAYS_MAX = 700
const HOUR_MS = 3_600_000

/** What one point of a chart stands for. */
export type Step = 'hour' | 'day' | 'week' | 'month'

export type Moment = {
  /** When it begins, Unix ms. */
  readonly at: number
  /** Which one of its period it is, by calendar and clock: equal for what two periods have in common. */
  readonly place: string
  /** What an answer of the API calls it, as `rowMoment` writes that. */
  readonly key: string
}

export type MomentsOf = Period & {
  readonly timeZone: string
  /** Unix ms: nothing after it is known. */
  readonly now: number
}

/** Hours for a day or two, months for years. */
export function stepFor(period: Pick<MomentsOf, 'from' | 'to'>): Step {
  const days = daysBetween(period.from, period.to) + 1
  if (days <= HOURS_DAYS_MAX) return 'hour'
  if (days <= DAYS_DAYS_MAX) return 'day'
  return days <= WEEKS_DAYS_MAX ? 'week' : 'month'
}

/** The hours, days, weeks or months of a period that have begun, as the clocks of its time zone count them. */
export function momentsOf(period: MomentsOf, step: Step): readonly Moment[] {
  const { from, to, timeZone, now } = period
  if (step === 'hour') {
    return hoursOf(period).map((at) => {
      const key = hourText(at, timeZone)
      return { at, place: placeOf(step, key, from), key: String(at) }
    })
  }
  const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index))
  // A month keeps its name where the period has only the end of it.
  const starts =
    step === 'month'
      ? [...new Set(days.map((day) => `${day.slice(0, 7)}-01`))]
      : days.filter((day, index) => index === 0 || step === 'day' || isMonday(day))
  return starts
    .map((day) => {
      const place = placeOf(step, day, from)
      return { at: startOfDay(day, timeZone).getTime(), place, key: place }
    })
    .filter(({ at }) => at <= now)
}

/** What a row of an answer for a period from `from` on is called: `key` of its moment there, and its place. */
export function rowMoment(step: Step, text: string, from: string): Pick<Moment, 'key' | 'place'> {
  const place = placeOf(step, text, from)
  if (step !== 'hour') return { key: place, place }
  // "2026-10-25T02:00+0200": the hour that a change of the clocks repeats is two hours.
  return { key: String(Date.parse(text.replace(/(\d\d)$/, ':$1'))), place }
}

function placeOf(step: Step, text: string, from: string): string {
  return joinKey([step], { [step]: text }, from)
}

function isMonday(day: string): boolean {
  return new Date(day).getUTCDay() === 1
}

/** A day has 23 or 25 of them where clocks change. */
function hoursOf({ from, to, timeZone, now }: MomentsOf): readonly number[] {
  const [start, end] = [startOfDay(from, timeZone).getTime(), startOfDay(addDays(to, 1), timeZone).getTime()]
  const last = Math.min(end - 1, now)
  return Array.from(
    { length: Math.floor((last - start) / HOUR_MS) + 1 },
    (_, index) => start + index * HOUR_MS,
  )
}

/** '2026-11-22T13' in the time zone. */
function hourText(at: number, timeZone: string): string {
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
