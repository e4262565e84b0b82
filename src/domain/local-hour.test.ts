import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localHourOf } from './local-hour.ts'

const at = (time: string) => Date.parse(time)

describe('the local hour', () => {
  it.each([
    ['2024-01-07T23:30:00Z', 'UTC', 23, 7],
    ['2024-01-07T23:30:00Z', 'Europe/Berlin', 0, 1],
    ['2024-07-07T22:00:00Z', 'Europe/Berlin', 0, 1],
    ['2024-01-08T00:00:00Z', 'America/New_York', 19, 7],
    ['2024-01-08T00:20:00Z', 'Asia/Kathmandu', 6, 1],
    ['2024-01-08T00:14:00Z', 'Asia/Kathmandu', 5, 1],
  ])('of %s in %s is %i on day %i', (time, zone, hour, weekday) => {
    expect(localHourOf(at(time), zone)).toEqual({ hour: String(hour), weekday: String(weekday) })
  })

  it('skips an hour when summer begins, and repeats one when it ends', () => {
    const berlin = (time: string) => localHourOf(at(time), 'Europe/Berlin').hour
    expect([berlin('2024-03-31T00:59:59Z'), berlin('2024-03-31T01:00:00Z')]).toEqual(['1', '3'])
    expect([berlin('2024-10-27T00:30:00Z'), berlin('2024-10-27T01:30:00Z')]).toEqual(['2', '2'])
  })

  it('is what the calendar of UTC says, in whatever order it is asked', () => {
    const times = fc.integer({ min: 0, max: at('2100-01-01T00:00:00Z') })
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (list) => {
        for (const time of list) {
          const date = new Date(time)
          const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay()
          expect(localHourOf(time, 'UTC')).toEqual({
            hour: String(date.getUTCHours()),
            weekday: String(weekday),
          })
        }
      }),
    )
  })

  it('of an unknown zone is that of UTC', () => {
    expect(localHourOf(at('2024-01-07T23:30:00Z'), 'Mars/Olympus')).toEqual({ hour: '23', weekday: '7' })
  })
})
