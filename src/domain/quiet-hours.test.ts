import { describe, expect, it } from 'vitest'
import { localHourStart, readLocalClock } from './local-clock.ts'
import { isQuiet } from './quiet-hours.ts'

const night = { from: '22:00', to: '07:00' }
const at = (text: string) => Date.parse(text)

describe('quiet hours', () => {
  it('are those of the zone, over midnight too, without their last minute', () => {
    expect(isQuiet(night, at('2026-01-10T02:59:00Z'), 'America/New_York')).toBe(false)
    expect(isQuiet(night, at('2026-01-10T03:00:00Z'), 'America/New_York')).toBe(true)
    expect(isQuiet(night, at('2026-01-10T11:59:59Z'), 'America/New_York')).toBe(true)
    expect(isQuiet(night, at('2026-01-10T12:00:00Z'), 'America/New_York')).toBe(false)
    expect(isQuiet({ from: '09:00', to: '10:00' }, at('2026-01-10T09:30:00Z'), 'UTC')).toBe(true)
    expect(isQuiet({ from: '09:00', to: '10:00' }, at('2026-01-10T10:00:00Z'), 'UTC')).toBe(false)
  })

  it('end at their hour on the days that have one more or less', () => {
    // Berlin: clocks go forward on 29 March 2026 and back on 25 October 2026, both at 01:00 UTC.
    expect(isQuiet(night, at('2026-03-29T04:59:00Z'), 'Europe/Berlin')).toBe(true)
    expect(isQuiet(night, at('2026-03-29T05:00:00Z'), 'Europe/Berlin')).toBe(false)
    expect(isQuiet(night, at('2026-10-25T05:59:00Z'), 'Europe/Berlin')).toBe(true)
    expect(isQuiet(night, at('2026-10-25T06:00:00Z'), 'Europe/Berlin')).toBe(false)
    // The hour that comes twice is quiet both times, and nothing between them is not.
    const twice = { from: '02:30', to: '02:45' }
    const quiet = ['00:30', '00:45', '01:30', '01:45'].map((time) =>
      isQuiet(twice, at(`2026-10-25T${time}:00Z`), 'Europe/Berlin'),
    )
    expect(quiet).toEqual([true, false, true, false])
  })

  it('are none where none are set, or where a time is none', () => {
    const now = at('2026-01-10T00:00:00Z')
    for (const [from, to] of [
      ['', ''],
      ['22:00', ''],
      ['07:00', '07:00'],
      ['25:00', '26:00'],
    ] as const) {
      expect(isQuiet({ from, to }, now, 'UTC')).toBe(false)
    }
    expect(isQuiet(night, at('2026-01-10T23:00:00Z'), 'No/Where')).toBe(true)
  })
})

describe('the clock of a zone', () => {
  it('shows date, hour and minute, and where its hour began', () => {
    const now = at('2026-01-10T18:47:12Z')
    expect(readLocalClock(now, 'Asia/Kolkata')).toEqual({ date: '2026-01-11', hour: 0, minute: 17 })
    expect(localHourStart(now, 'Asia/Kolkata')).toBe(at('2026-01-10T18:30:00Z'))
    expect(localHourStart(now, 'UTC')).toBe(at('2026-01-10T18:00:00Z'))
  })
})
