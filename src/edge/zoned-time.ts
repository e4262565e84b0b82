/** Hour (0–23) and weekday (1 Monday – 7 Sunday) of a place, as conditions compare them. */
export type ZonedTime = { readonly hour: string; readonly weekday: string }

/** Every zone in use today is whole quarters of an hour away from UTC. */
const QUARTER_MS = 900_000
const WEEKDAYS: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const UNKNOWN: ZonedTime = { hour: '', weekday: '' }

type Zone = { readonly format: Intl.DateTimeFormat | undefined; quarter: number; time: ZonedTime }

/** As many as there are zones: the names come from configuration, where they are checked. */
const zones = new Map<string, Zone>()

/**
 * The time of day in a zone. Formatting takes 2 µs, longer than all the other conditions of a rule together, and its
 * answer stays for a quarter of an hour. Unknown where the runtime does not know the zone.
 * @param timeZone an IANA name.
 */
export function zonedTime(timeZone: string, atMs: number): ZonedTime {
  const quarter = Math.floor(atMs / QUARTER_MS)
  let zone = zones.get(timeZone)
  if (zone === undefined) {
    zone = { format: createFormat(timeZone), quarter: Number.NaN, time: UNKNOWN }
    zones.set(timeZone, zone)
  }
  if (zone.quarter !== quarter) {
    zone.quarter = quarter
    zone.time = zone.format === undefined ? UNKNOWN : readTime(zone.format, atMs)
  }
  return zone.time
}

function createFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: 'numeric', weekday: 'short' })
  } catch {
    return undefined
  }
}

function readTime(format: Intl.DateTimeFormat, atMs: number): ZonedTime {
  const parts = format.formatToParts(atMs)
  const text = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
  return { hour: String(Number(text('hour'))), weekday: String(WEEKDAYS.indexOf(text('weekday')) + 1) }
}
