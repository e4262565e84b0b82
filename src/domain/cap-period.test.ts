import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAP_NEVER_ENDS, capPeriodEnd, capPeriods } from './cap-period.ts'

const ALL = { daily: 1, monthly: 20, total: 300 }
const utc = (text: string) => Date.parse(`${text}Z`)

describe('the periods of caps', () => {
  it('are those that are set, in the days and months of the zone', () => {
    const at = utc('2026-10-31T23:30:00')
    expect(capPeriods({ ...ALL, timeZone: 'Europe/Berlin' }, at)).toEqual([
      { kind: 'daily', period: '2026-11-01', max: 1 },
      { kind: 'monthly', period: '2026-11', max: 20 },
      { kind: 'total', period: 'total', max: 300 },
    ])
    const monthly = { daily: null, monthly: 20, total: null, timeZone: 'America/New_York' }
    expect(capPeriods(monthly, at)).toEqual([{ kind: 'monthly', period: '2026-10', max: 20 }])
    expect(capPeriods({ daily: null, monthly: null, total: null, timeZone: 'UTC' }, at)).toEqual([])
  })

  it.each([
    ['a day', 'daily', 'UTC', '2026-11-22T10:00:00', '2026-11-23T00:00:00'],
    ['a day of 23 hours', 'daily', 'Europe/Berlin', '2026-03-28T23:00:00', '2026-03-29T22:00:00'],
    ['a day of 25 hours', 'daily', 'Europe/Berlin', '2026-10-24T22:00:00', '2026-10-25T23:00:00'],
    ['a day that begins at one', 'daily', 'America/Sao_Paulo', '2018-11-03T12:00:00', '2018-11-04T03:00:00'],
    ['the day before one left out', 'daily', 'Pacific/Apia', '2011-12-30T02:00:00', '2011-12-30T10:00:00'],
    ['a month', 'monthly', 'Europe/Berlin', '2026-10-01T00:00:00', '2026-10-31T23:00:00'],
    ['December', 'monthly', 'Asia/Kolkata', '2026-12-31T18:29:59.999', '2026-12-31T18:30:00'],
  ] as const)('%s ends when the next one begins there', (...[, kind, timeZone, at, end]) => {
    expect(new Date(capPeriodEnd(kind, timeZone, utc(at))).toISOString()).toBe(
      new Date(utc(end)).toISOString(),
    )
  })

  it('end at the first moment of another period, whatever the zone and the moment', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    const moments = fc.integer({ min: utc('2015-01-01T00:00:00'), max: utc('2040-01-01T00:00:00') })
    fc.assert(
      fc.property(zones, moments, fc.constantFrom('daily', 'monthly'), (timeZone, at, kind) => {
        const caps = { daily: 1, monthly: 1, total: null, timeZone }
        const name = (ms: number) => capPeriods(caps, ms).find((period) => period.kind === kind)?.period
        const end = capPeriodEnd(kind, timeZone, at)
        expect(end).toBeGreaterThan(at)
        expect(name(end - 1)).toBe(name(at))
        expect(name(end)).not.toBe(name(at))
      }),
    )
  })

  it('of a total cap never end', () => {
    expect(capPeriodEnd('total', 'UTC', 0)).toBe(CAP_NEVER_ENDS)
    expect(new Date(CAP_NEVER_ENDS).toISOString()).toBe('+275760-09-13T00:00:00.000Z')
  })

  it('of an unknown zone are those of UTC', () => {
    const [day] = capPeriods({ ...ALL, timeZone: 'Atlantis/Capital' }, utc('2026-11-22T23:59:59'))
    expect(day?.period).toBe('2026-11-22')
  })
})
