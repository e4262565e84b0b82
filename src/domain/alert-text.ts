const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** In its two largest units, rounded down: `45 seconds`, `25 minutes`, `3 h 10 min`, `2 days 4 h`. */
export function durationText(ms: number): string {
  if (ms < MINUTE_MS) return countText(Math.max(0, Math.floor(ms / 1_000)), 'second', 'seconds')
  if (ms < HOUR_MS) return countText(Math.floor(ms / MINUTE_MS), 'minute', 'minutes')
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} min`
  return `${countText(Math.floor(ms / DAY_MS), 'day', 'days')} ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`
}

export function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** `3.25 %`: two digits, since rates of conversions are small. */
export function percentText(count: number, of: number): string {
  return of === 0 ? '0 %' : `${((100 * count) / of).toFixed(2)} %`
}
