/** A compiled date pattern: Unix milliseconds → text. */
export type DateFormat = (atMs: number) => string

type DateParts = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly ms: number
}

/** Letters of Unicode TR 35 that a pattern may hold; a quoted 'T' stands for itself. */
const FIELDS: Readonly<Record<string, (parts: DateParts) => string>> = {
  yyyy: (parts) => String(parts.year).padStart(4, '0'),
  yy: (parts) => two(parts.year % 100),
  MM: (parts) => two(parts.month),
  M: (parts) => String(parts.month),
  dd: (parts) => two(parts.day),
  d: (parts) => String(parts.day),
  HH: (parts) => two(parts.hour),
  H: (parts) => String(parts.hour),
  hh: (parts) => two(parts.hour % 12 || 12),
  h: (parts) => String(parts.hour % 12 || 12),
  mm: (parts) => two(parts.minute),
  m: (parts) => String(parts.minute),
  ss: (parts) => two(parts.second),
  s: (parts) => String(parts.second),
  SSS: (parts) => String(parts.ms).padStart(3, '0'),
  a: (parts) => (parts.hour < 12 ? 'AM' : 'PM'),
}

const PIECE = /'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+/g

/**
 * Compiles a pattern such as `yyyy-MM-dd HH:mm:ss` in an IANA time zone. `T` and `Z` stand for themselves.
 * @returns undefined when the pattern holds letters of no meaning, or the zone is unknown.
 */
export function compileDateFormat(pattern: string, timeZone: string): DateFormat | undefined {
  const toParts = timeZone === 'UTC' ? utcParts : zonedParts(timeZone)
  if (toParts === undefined) return undefined
  const pieces: ((parts: DateParts) => string)[] = []
  for (const [piece, quoted, letter] of pattern.matchAll(PIECE)) {
    const field = Object.hasOwn(FIELDS, piece) ? FIELDS[piece] : undefined
    if (field !== undefined) {
      pieces.push(field)
    } else if (letter === undefined || piece === 'T' || piece === 'Z') {
      pieces.push(() => quoted ?? piece)
    } else {
      return undefined
    }
  }
  return (atMs) => {
    const parts = toParts(atMs)
    return pieces.map((piece) => piece(parts)).join('')
  }
}

function utcParts(atMs: number): DateParts {
  const date = new Date(atMs)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ms: date.getUTCMilliseconds(),
  }
}

function zonedParts(timeZone: string): ((atMs: number) => DateParts) | undefined {
  const format = zoneFormat(timeZone)
  if (format === undefined) return undefined
  return (atMs) => {
    const found: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(atMs)) found[type] = Number(value)
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found
    return { year, month, day, hour, minute, second, ms: ((atMs % 1000) + 1000) % 1000 }
  }
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
