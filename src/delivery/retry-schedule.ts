import { RETRY_AFTER_MS_MAX, RETRY_WAITS_MS } from '../domain/delivery-rules.ts'

const SECOND_MS = 1_000
/** Spreads the retries of deliveries that failed together. */
const JITTER = 0.2

/**
 * When to try again after failed attempt `attempt` (1 is the first); undefined when that was the last one.
 *
 * Precedence, the first that applies:
 * 1. The schedule is used up: no further attempt, whatever the receiver asks for.
 * 2. Retry-After later than the schedule: at that time, at most RETRY_AFTER_MS_MAX away. No jitter: the receiver
 *    said when.
 * 3. The schedule, ±20 %. A Retry-After before it, past or unreadable changes nothing: it says how long to wait
 *    at least (RFC 9110, 10.2.3), and ten attempts within ten seconds would waste the schedule.
 */
export function nextAttemptAt(failure: {
  readonly attempt: number
  readonly nowMs: number
  readonly retryAfter: string | undefined
  /** In [0, 1). */
  readonly random: number
}): number | undefined {
  const waitMs = RETRY_WAITS_MS[failure.attempt - 1]
  if (waitMs === undefined) return undefined
  const jitteredMs = Math.round(waitMs * (1 + JITTER * (2 * failure.random - 1)))
  const askedMs = parseRetryAfter(failure.retryAfter ?? '', failure.nowMs) ?? 0
  return failure.nowMs + Math.max(jitteredMs, Math.min(askedMs, RETRY_AFTER_MS_MAX))
}

/** Retry-After in milliseconds from now: seconds, or an HTTP date; undefined when it is neither. */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const value = text.trim()
  if (/^\d+$/.test(value)) return Number(value) * SECOND_MS
  // Only what starts like an HTTP date: Date.parse takes much else, "-5" for one.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
