import type { PayoutPeriod } from './affiliate.ts'
import { capPeriodEnd } from './cap-period.ts'
import { localHourOf } from './local-hour.ts'

const DAY_MS = 24 * 3_600_000
const WEEK_MS = 7 * DAY_MS
/** A Monday: pairs of weeks are counted from here, so that they are the same for everybody. */
const FIRST_MONDAY = Date.UTC(1970, 0, 5)
/** Looked back for an end: longer than the period with the zone's own irregular days. */
const LOOK_BACK_MS: Readonly<Record<PayoutPeriod, number>> = {
  weekly: 9 * DAY_MS,
  biweekly: 16 * DAY_MS,
  monthly: 64 * DAY_MS,
}

/**
 * The last moment at which a period ended, at `nowMs` or before: the first millisecond of the period that goes on now.
 * Months begin on the first, weeks on Monday, pairs of weeks on every other Monday; all at the zone's own midnight, or
 * where its clocks skip midnight, at the first moment of that day.
 * @param timeZone IANA name; one that this machine does not know counts as UTC
 */
export function lastPeriodEnd(period: PayoutPeriod, timeZone: string, nowMs: number): number {
  const unit = period === 'monthly' ? 'monthly' : 'daily'
  let found = nowMs
  let at = capPeriodEnd(unit, timeZone, nowMs - LOOK_BACK_MS[period])
  while (at <= nowMs) {
    if (isEnd(period, timeZone, at)) found = at
    at = capPeriodEnd(unit, timeZone, at)
  }
  return found
}

/** The next moment at which a period ends, after `nowMs`. Everything else as in `lastPeriodEnd`. */
export function nextPeriodEnd(period: PayoutPeriod, timeZone: string, nowMs: number): number {
  const unit = period === 'monthly' ? 'monthly' : 'daily'
  let at = capPeriodEnd(unit, timeZone, nowMs)
  while (!isEnd(period, timeZone, at)) at = capPeriodEnd(unit, timeZone, at)
  return at
}

/** @param startOfDay of a day, or of a month, in the zone */
function isEnd(period: PayoutPeriod, timeZone: string, startOfDay: number): boolean {
  if (period === 'monthly') return true
  if (localHourOf(startOfDay, timeZone).weekday !== '1') return false
  // A zone's Monday begins less than a day from UTC's: rounded, it is the same week.
  return period === 'weekly' || Math.round((startOfDay - FIRST_MONDAY) / WEEK_MS) % 2 === 0
}
