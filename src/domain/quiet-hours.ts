import { readLocalClock } from './local-clock.ts'

const MINUTES_PER_HOUR = 60

/** HH:MM, from 00:00 to 23:59. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/

/**
 * Whether the clock on the wall stands between two times of the day. The wall's clock is asked, and no span of time is
 * counted, so that an hour that a change of the clock skips or repeats is quiet exactly when its name is.
 * @param of.from, of.to HH:MM; `to` is the first minute that is not quiet, and may lie on the next day. '' for never.
 */
export function isQuiet(
  of: { readonly from: string; readonly to: string },
  atMs: number,
  zone: string,
): boolean {
  const from = minutesOf(of.from)
  const to = minutesOf(of.to)
  if (from === undefined || to === undefined || from === to) return false
  const { hour, minute } = readLocalClock(atMs, zone)
  const now = hour * MINUTES_PER_HOUR + minute
  return from < to ? now >= from && now < to : now >= from || now < to
}

function minutesOf(time: string): number | undefined {
  const [, hours, minutes] = TIME_OF_DAY.exec(time) ?? []
  return hours === undefined ? undefined : Number(hours) * MINUTES_PER_HOUR + Number(minutes)
}
