import { describe, expect, it } from 'vitest'
import { TargetLimits } from './target-limits.ts'

const NOW = 1_000_000
const MINUTE_MS = 60_000
const UNTIL_ONE_ENDS = Number.POSITIVE_INFINITY

function target(limits: { maxPerMinute?: number; maxConcurrent?: number }, targetId = 't1') {
  return { targetId, maxPerMinute: 0, maxConcurrent: 0, ...limits }
}

/** Starts and ends calls whenever it may, and says when they began. */
function callTimes(limits: TargetLimits, of: ReturnType<typeof target>, untilMs: number): readonly number[] {
  const times: number[] = []
  for (let now = NOW; now < NOW + untilMs; ) {
    const waitMs = limits.waitMs(of, now)
    if (waitMs > 0) {
      now += Math.max(1, Math.ceil(waitMs))
      continue
    }
    limits.take(of, now)
    limits.settle(of.targetId)
    times.push(now)
  }
  return times
}

describe('the limits of a target', () => {
  it('are none when it has none', () => {
    const limits = new TargetLimits()
    for (let n = 0; n < 1_000; n += 1) limits.take(target({}), NOW)
    expect(limits.waitMs(target({}), NOW)).toBe(0)
  })

  it.each([1, 7, 60, 601, 6_000])('let no minute see more than %i calls, and use them up', (maxPerMinute) => {
    const times = callTimes(new TargetLimits(), target({ maxPerMinute }), 3 * MINUTE_MS)
    const tooMany = times.filter(
      (at, n) => (times[n + maxPerMinute] ?? Number.POSITIVE_INFINITY) < at + MINUTE_MS,
    )
    expect(tooMany).toEqual([])
    expect(times.length).toBeGreaterThanOrEqual(Math.floor(3 * maxPerMinute * 0.97))
  })

  it('count the calls under way, and go on when one has ended', () => {
    const limits = new TargetLimits()
    const of = target({ maxConcurrent: 2 })
    limits.take(of, NOW)
    limits.take(of, NOW)
    expect(limits.waitMs(of, NOW)).toBe(UNTIL_ONE_ENDS)
    limits.settle('t1')
    expect(limits.waitMs(of, NOW)).toBe(0)
  })

  it('are not used up by a call that was not made', () => {
    const limits = new TargetLimits()
    const of = target({ maxPerMinute: 1, maxConcurrent: 1 })
    limits.take(of, NOW)
    expect(limits.waitMs(of, NOW)).toBe(UNTIL_ONE_ENDS)
    limits.giveBack('t1')
    expect(limits.waitMs(of, NOW)).toBe(0)
  })

  it.each([1, 2, 3, 10])('are shared by three workers, who together have %i', (maxConcurrent) => {
    for (const targetId of ['t1', 't2', 't3', 'another']) {
      const parts = [0, 1, 2].map((index) => {
        const limits = new TargetLimits()
        limits.setShare({ index, count: 3 })
        const of = target({ maxConcurrent }, targetId)
        let held = 0
        for (; limits.waitMs(of, NOW) === 0; held += 1) limits.take(of, NOW)
        return held
      })
      expect(parts.reduce((sum, part) => sum + part)).toBe(maxConcurrent)
      expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1)
    }
  })

  it('make a worker without a part of them wait, and not call', () => {
    const limits = new TargetLimits()
    const of = target({ maxPerMinute: 1 })
    const waits = [0, 1].map((index) => {
      limits.setShare({ index, count: 2 })
      return limits.waitMs(of, NOW)
    })
    expect(new Set(waits)).toEqual(new Set([0, UNTIL_ONE_ENDS]))
  })
})
