const MISSING = '–'

/** "$1,234.50": at least two places, up to `places` where cents are too coarse (a price per click). */
export function formatMoney(amount: number | string | null, currency: string, places = 2): string {
  if (amount === null) return MISSING
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    maximumFractionDigits: places,
  }).format(Number(amount))
}

type Price = { readonly model: string; readonly amount?: string; readonly percent?: number }
const UNITS: Readonly<Record<string, string>> = { cpc: ' / click', cpm: ' / 1,000' }

/** "$9.00", "15%", "$2.00 + 10%", "$0.20 / click". */
export function formatPrice({ model, amount, percent }: Price, currency: string): string {
  const paid = amount === undefined ? [] : [formatMoney(amount, currency, 6) + (UNITS[model] ?? '')]
  const share = percent === undefined ? [] : [`${percent}%`]
  return [...paid, ...share].join(' + ')
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat('en').format(count)
}

/** A share of one as "12.34%"; a dash where it has no meaning, such as a rate without visits. */
export function formatShare(share: number | null, places = 2): string {
  if (share === null) return MISSING
  return new Intl.NumberFormat('en', {
    style: 'percent',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  }).format(share)
}

/** "22 Nov 2026, 11:07:45" in the workspace's time zone. */
export function formatTime(at: number | string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    new Date(at),
  )
}

/** "22 Nov 2026" in the workspace's time zone. */
export function formatDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone }).format(new Date(at))
}

/** "2026-11-22": the day in the time zone, as date inputs and the API write it. */
export function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone }).format(at)
}

/** "820 ms", "1.4 s", "3 min". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} days`
}
