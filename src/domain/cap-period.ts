import type { OfferCaps } from './conversion-types.ts'

/** A cap and the period of it that a moment lies in. */
export type CapPeriod = {
  readonly kind: 'daily' | 'monthly' | 'total'
  /** '2026-11-22', '2026-11' or 'total': the dates are the time zone's. */
  readonly period: string
  readonly max: number
}

/** Later than every date: a used-up total cap stays so until it is raised. The last moment that a Date can hold. */
export const CAP_NEVER_ENDS = 8_640_000_000_000_000

const HOUR_MS = 3_600_000
/** No day or month of any zone is longer: a day has 25 hours where the clocks go back, or 48 across the date line. */
const LONGEST_MS = { daily: 49 * HOUR_MS, monthly: 33 * 24 * HOUR_MS } as const

/** One formatter per zone: making one takes a thousand times as long as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>()

/** The caps that are set, each with the period that the moment lies in; the shortest first. */
export function capPeriods(caps: OfferCaps, atMs: number): readonly CapPeriod[] {
  if (caps.daily === null && caps.monthly === null && caps.total === null) return []
  const date = localDate(caps.timeZone, atMs)
  const all: readonly { kind: CapPeriod['kind']; period: string; max: number | null }[] = [
    { kind: 'daily', period: date, max: caps.daily },
    { kind: 'monthly', period: date.slice(0, -3), max: caps.monthly },
    { kind: 'total', period: 'total', max: caps.total },
  ]
  return all.flatMap(({ kind, period, max }) => (max === null ? [] : [{ kind, period, max }]))
}

/**
 * When the period that the moment lies in is over: the first millisecond of the next one. Found by asking the zone's
 * calendar, so that a day of 23 or 25 hours, or one that a zone leaves out, ends when it ends there.
 */
export function capPeriodEnd(kind: CapPeriod['kind'], timeZone: string, atMs: number): number {
  if (kind === 'total') return CAP_NEVER_ENDS
  const nameOf = (ms: number) => {
    const date = localDate(timeZone, ms)
    return kind === 'daily' ? date : date.slice(0, -3)
  }
  const present = nameOf(atMs)
  let inside = atMs
  let outside = atMs + LONGEST_MS[kind]
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2)
    if (nameOf(middle) === present) inside = middle
    else outside = middle
  }
  return outside
}

/** yyyy-MM-dd. A zone that the platform does not know, e.g. one saved by another version, counts as UTC. */
function localDate(timeZone: string, atMs: number): string {
  if (timeZone === 'UTC') return new Date(atMs).toISOString().slice(0, 10)
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = createFormatter(timeZone)
    formatters.set(timeZone, formatter)
  }
  const parts = new Map(formatter.formatToParts(atMs).map(({ type, value }) => [type, value]))
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
}

function createFormatter(timeZone: string): Intl.DateTimeFormat {
  const fields = { calendar: 'gregory', year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone })
  } catch (error) {
    if (error instanceof RangeError) return new Intl.DateTimeFormat('en-US', { ...fields, timeZone: 'UTC' })
    throw error
  }
}
