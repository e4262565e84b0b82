import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RETRY_AFTER_MS_MAX } from '../domain/delivery-rules.ts'
import { nextAttemptAt, parseRetryAfter } from './retry-schedule.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000

function waitOf(failure: { attempt: number; random?: number; retryAfter?: string }): number | undefined {
  const at = nextAttemptAt({ random: 0.5, retryAfter: undefined, ...failure, nowMs: NOW })
  return at === undefined ? undefined : at - NOW
}

describe('nextAttemptAt', () => {
  it('follows the schedule of the protocol and ends after the tenth attempt', () => {
    const waits = Array.from({ length: 11 }, (_, index) => waitOf({ attempt: index + 1 }))
    expect(waits).toEqual([
      5_000,
      30_000,
      120_000,
      600_000,
      1_800_000,
      2 * HOUR_MS,
      5 * HOUR_MS,
      10 * HOUR_MS,
      24 * HOUR_MS,
      undefined,
      undefined,
    ])
  })

  it('stays within 20 % of the schedule', () => {
    const attempt = fc.integer({ min: 1, max: 9 })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(attempt, random, (n, r) => {
        const exact = waitOf({ attempt: n }) ?? 0
        const wait = waitOf({ attempt: n, random: r }) ?? 0
        expect(Math.abs(wait - exact)).toBeLessThanOrEqual(exact * 0.2 + 1)
      }),
    )
  })

  it('waits as long as the receiver asks, in seconds or until a date', () => {
    expect(waitOf({ attempt: 1, retryAfter: '90' })).toBe(90_000)
    expect(waitOf({ attempt: 1, retryAfter: 'Sun, 01 Mar 2026 12:10:00 GMT' })).toBe(600_000)
  })

  it('is never sooner than the schedule, nor later than a day, because of Retry-After', () => {
    expect(waitOf({ attempt: 2, retryAfter: '1' })).toBe(30_000)
    expect(waitOf({ attempt: 2, retryAfter: '99999999999999999999999' })).toBe(RETRY_AFTER_MS_MAX)
    expect(waitOf({ attempt: 2, retryAfter: 'Sat, 01 Mar 2070 12:10:00 GMT' })).toBe(RETRY_AFTER_MS_MAX)
  })

  it('makes no further attempt for a Retry-After once the schedule is used up', () => {
    expect(waitOf({ attempt: 10, retryAfter: '5' })).toBeUndefined()
  })
})

describe('parseRetryAfter', () => {
  it.each(['', '-5', '1.5', 'soon', '+5', 'Sun, 99 Foo 2026', '0x10'])('ignores %j', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined()
  })

  it('reads a date that has passed as no wait', () => {
    expect(parseRetryAfter('Sun, 01 Feb 2026 12:10:00 GMT', NOW)).toBe(0)
  })
})
