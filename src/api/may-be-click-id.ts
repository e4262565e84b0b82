import { clickIdTime } from '../domain/click-id.ts'

const CLICK_ID = /^[0-9a-hjkmnp-tv-z]{26}$/
const CLOCK_SKEW_MAX_MS = 24 * 3_600_000

/** What the ledger may be asked for: a click id says when its visit was, and the ledger looks there. */
export function mayBeClickId(text: string, nowMs: number): boolean {
  return CLICK_ID.test(text) && clickIdTime(text) < nowMs + CLOCK_SKEW_MAX_MS
}
