const MINUTE_MS = 60_000

/** What calendar and clock of a place show. */
export type LocalClock = {
  /** YYYY-MM-DD. */
  readonly date: string
  /** 0 to 23. */
  readonly hour: number
  readonly minute: number
}

/** One formatter per zone: making one takes a thousand times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()
/** There are some 600 names of zones; more are not kept. */
const ZONES_MAX = 1_000

/** @param zone IANA name; one that this machine does not know counts as UTC. */
export function readLocalClock(atMs: number, zone: string): LocalClock {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  )
  return {
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
  }
}

/** When the hour that the moment lies in began by the zone's clock: zones are off by halves and quarters, too. */
export function localHourStart(atMs: number, zone: string): number {
  const wholeMinutes = Math.floor(atMs / MINUTE_MS)
  return (wholeMinutes - readLocalClock(atMs, zone).minute) * MINUTE_MS
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  if (formatters.size >= ZONES_MAX) formatters.clear()
  const made = createFormatter(zone)
  formatters.set(zone, made)
  return made
}

function createFormatter(zone: string): Intl.DateTimeFormat {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const options = { calendar: 'gregory', year: 'numeric', month: '2-digit', day: '2-digit', ...time } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
  }
}
