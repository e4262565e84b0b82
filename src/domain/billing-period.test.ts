import { describe, expect, it } from 'vitest'
import { lastPeriodEnd } from './billing-period.ts'

const at = (text: string) => Date.parse(text)
const toText = (ms: number) => new Date(ms).toISOString()

describe('the last end of a period', () => {
  it.each([
    ['monthly', 'UTC', '2026-11-22T10:00:00Z', '2026-11-01T00:00:00.000Z'],
    ['monthly', 'UTC', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00.000Z'],
    ['monthly', 'UTC', '2026-10-31T23:59:59Z', '2026-10-01T00:00:00.000Z'],
    // The clocks of Berlin go back on 25 October: November begins at +01:00, October began at +02:00.
    ['monthly', 'Europe/Berlin', '2026-11-22T10:00:00Z', '2026-10-31T23:00:00.000Z'],
    ['monthly', 'Europe/Berlin', '2026-10-31T22:59:59Z', '2026-09-30T22:00:00.000Z'],
    ['weekly', 'UTC', '2026-11-22T10:00:00Z', '2026-11-16T00:00:00.000Z'],
    ['weekly', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z'],
    // The week in which the clocks go back has an hour more.
    ['weekly', 'Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-18T22:00:00.000Z'],
    ['weekly', 'Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-25T23:00:00.000Z'],
    ['weekly', 'Pacific/Kiritimati', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['weekly', 'Pacific/Pago_Pago', '2026-11-23T10:59:00Z', '2026-11-16T11:00:00.000Z'],
    ['biweekly', 'UTC', '2026-11-22T10:00:00Z', '2026-11-09T00:00:00.000Z'],
    ['biweekly', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z'],
    ['biweekly', 'Pacific/Kiritimati', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ] as const)('%s in %s at %s was %s', (period, zone, now, end) => {
    expect(toText(lastPeriodEnd(period, zone, at(now)))).toBe(end)
  })

  it('a pair of weeks is the same for everybody, and lasts two weeks', () => {
    const week = 7 * 24 * 3_600_000
    const ends = new Set<number>()
    for (let now = at('2026-11-02T00:00:00Z'); now < at('2027-01-04T00:00:00Z'); now += week) {
      ends.add(lastPeriodEnd('biweekly', 'UTC', now))
    }
    const sorted = [...ends].sort((a, b) => a - b)
    for (const [i, end] of sorted.entries()) {
      if (i > 0) expect(end - (sorted[i - 1] ?? 0)).toBe(2 * week)
    }
  })
})
