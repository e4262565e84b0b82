import { localeOf } from './locale-of.ts'

const MISSING = '–'

/** How the person at this browser writes numbers and dates; the words around them stay those of the dashboard. */
export const LOCALE = localeOf(navigator.language)

/** Making a format is far slower than using it, and a table uses one thousands of times. */
const numbers = new Map<string, Intl.NumberFormat>()

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options)
  const known = numbers.get(key) ?? new Intl.NumberFormat(LOCALE, options)
  numbers.set(key, known)
  return known
}

/** "$1,234.50", "¥1,235": as many places as the currency has, up to `places` where those are too coarse. */
export function formatMoney(amount: number | string | null, currency: string, places?: number): string {
  if (amount === null) return MISSING
  const finer = places === undefined ? {} : { maximumFractionDigits: places }
  return numberFormat({ style: 'currency', currency, ...finer }).format(Number(amount))
}

type Price = { readonly model: string; readonly amount?: string; readonly percent?: number }
const UNITS: Readonly<Record<string, string>> = { cpc: ' / click', cpm: ` / ${formatCount(1_000)}` }

/** "$9.00", "15%", "$2.00 + 10%", "$0.20 / click". */
export function formatPrice({ model, amount, percent }: Price, currency: string): string {
  const paid = amount === undefined ? [] : [formatMoney(amount, currency, 6) + (UNITS[model] ?? '')]
  const share = percent === undefined ? [] : [formatPercent(percent)]
  return [...paid, ...share].join(' + ')
}

/** "15%", "12.5%": as many places as it was agreed on with. */
export function formatPercent(percent: number): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: 4 }).format(percent / 100)
}

/** "1,234.5678" with at most so many places. */
export function formatNumber(value: number, places: number): string {
  return numberFormat({ maximumFractionDigits: places }).format(value)
}

export function formatCount(count: number): string {
  return numberFormat({}).format(count)
}

/** A share of one as "12.34%"; a dash where it has no meaning, such as a rate without visits. */
export function formatShare(share: number | null, places = 2): string {
  if (share === null) return MISSING
  return numberFormat({
    style: 'percent',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  }).format(share)
}

/** How much more or less, as a share of what was before: "+12.5%", "-3.0%", "0.0%". */
export function formatChange(share: number): string {
  return `${share > 0 ? '+' : ''}${formatShare(share, 1)}`
}

/** "Nov 22, 2026, 11:07:45 AM" in the workspace's time zone. */
export function formatTime(at: number | string, timeZone: string): string {
  return timeFormat(timeZone, 'medium').format(new Date(at))
}

/** "Nov 22, 2026" in the workspace's time zone. */
export function formatDay(at: number, timeZone: string): string {
  return timeFormat(timeZone, undefined).format(new Date(at))
}

const times = new Map<string, Intl.DateTimeFormat>()

function timeFormat(timeZone: string, timeStyle: 'medium' | undefined): Intl.DateTimeFormat {
  const key = `${timeZone} ${timeStyle ?? ''}`
  const known =
    times.get(key) ?? new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle, timeZone })
  times.set(key, known)
  return known
}

/** "2026-11-22": the day in the time zone, as date inputs and the API write it. */
export function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone }).format(at)
}

const SECONDS = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** "820 ms", "1.4 s", "3 min". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${SECONDS.format(ms / 1_000)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}
