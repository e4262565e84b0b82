/** An hour of a day somewhere, in the digits that conditions compare. */
export type LocalHour = {
  /** 0–23. */
  readonly hour: string
  /** 1 Monday – 7 Sunday. */
  readonly weekday: string
}

/** Every offset from UTC in use is a multiple of a quarter of an hour, so nothing changes within one. */
const QUARTER_MS = 15 * 60_000
/** There are some 600 names of zones; more are not kept. */
const ZONES_MAX = 1_000
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

type Zone = { readonly format: Intl.DateTimeFormat; quarter: number; now: LocalHour }

const zones = new Map<string, Zone>()

/**
 * The hour and weekday in a zone. Formatting takes some microseconds, so the last answer of each zone is kept for
 * its quarter of an hour.
 * @param atMs Unix milliseconds.
 * @param zone IANA name; one that this machine does not know counts as UTC.
 */
export function localHourOf(atMs: number, zone: string): LocalHour {
  const known = zones.get(zone) ?? addZone(zone)
  const quarter = Math.floor(atMs / QUARTER_MS)
  if (known.quarter !== quarter) {
    known.now = readHour(known.format, quarter * QUARTER_MS)
    known.quarter = quarter
  }
  return known.now
}

function addZone(name: string): Zone {
  if (zones.size >= ZONES_MAX) zones.clear()
  const zone = { format: formatIn(name), quarter: Number.NaN, now: { hour: '', weekday: '' } }
  zones.set(name, zone)
  return zone
}

function formatIn(zone: string): Intl.DateTimeFormat {
  const options = { hour: 'numeric', weekday: 'short', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
  }
}

function readHour(format: Intl.DateTimeFormat, atMs: number): LocalHour {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  return {
    hour: String(Number(parts.get('hour'))),
    weekday: String(WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1),
  }
}
