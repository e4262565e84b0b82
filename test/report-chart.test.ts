import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dashesOf, type LineLook, toLines } from '../web/src/parts/chart-lines.ts'
import { marksOf, stepOf, toAxisFormat, toPointFormat } from '../web/src/parts/chart-times.ts'
import { momentsOf, rowMoment } from '../web/src/report-moments.ts'
import { SERIES_MAX } from '../web/src/report-query.ts'
import { contrastOf, nearestPair } from './support/colours.ts'

const CSS = readFileSync(join(import.meta.dirname, '../web/src/parts/line-chart.module.css'), 'utf8')
const COLOURS = [...CSS.matchAll(/--chart-\d: light-dark\((#\w{6}), (#\w{6})\)/g)].map(
  ([, light = '', dark = '']) => ({ light, dark }),
)
const PAGE = { light: '#ffffff', dark: '#141619' }
/** Okabe and Ito's set for people with colour blindness. */
const OKABE_ITO = '#000000 #e69f00 #56b4e9 #009e73 #f0e442 #0072b2 #d55e00 #cc79a7'.split(' ')
const LATER = Date.parse('2030-01-01')

function momentsIn(timeZone: string, from: string, to = from) {
  return momentsOf({ from, to, timeZone, now: LATER }, from === to ? 'hour' : 'day')
}

describe('the moments of a chart', () => {
  it('are the hours of the day in the time zone of the report', () => {
    const at = momentsIn('Pacific/Auckland', '2026-01-15').map((moment) => moment.at)
    expect(new Date(at[0] ?? 0).toISOString()).toBe('2026-01-14T11:00:00.000Z')
    expect(at).toHaveLength(24)
  })

  it('are 23 hours when the clocks go forward and 25 when they go back, each found in an answer', () => {
    const spring = momentsIn('Europe/Berlin', '2026-03-29')
    const autumn = momentsIn('Europe/Berlin', '2026-10-25')
    expect([spring.length, autumn.length]).toEqual([23, 25])
    const rows = ['2026-10-25T02:00+0200', '2026-10-25T02:00+0100', '2026-10-25T03:00+0100']
    const found = rows.map((text) => {
      const { key } = rowMoment('hour', text, '2026-10-25')
      return autumn.findIndex((moment) => moment.key === key)
    })
    expect(found).toEqual([2, 3, 4])
  })

  it('are met by the same hour of the clock in the compared period, also when one of them is shorter', () => {
    const spring = momentsIn('Europe/Berlin', '2026-03-29')
    const three = spring.find(({ at }) => new Date(at).toISOString() === '2026-03-29T01:00:00.000Z')
    expect(rowMoment('hour', '2026-03-22T03:00+0100', '2026-03-22').place).toBe(three?.place)
  })

  it('are days that begin at midnight there, and none to come', () => {
    const now = Date.parse('2026-03-30T12:00Z')
    const period = { from: '2026-03-28', to: '2026-04-02', timeZone: 'Europe/Berlin', now }
    const days = momentsOf(period, 'day').map(({ at }) => new Date(at).toISOString())
    const midnights = ['2026-03-27T23:00', '2026-03-28T23:00', '2026-03-29T22:00']
    expect(days).toEqual(midnights.map((text) => `${text}:00.000Z`))
    const third = rowMoment('day', '2026-02-03', '2026-02-01').place
    expect(third).toBe(momentsOf(period, 'day')[2]?.place)
  })

  it('are marked and read in the zone, at full hours also after a change of the clocks', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      const at = momentsIn('Europe/Berlin', day).map((moment) => moment.at)
      const marks = marksOf(at, 'Europe/Berlin', 10)
      const hours = marks.map(toAxisFormat(stepOf(marks), 'Europe/Berlin')).map((text) => text.slice(0, 5))
      expect(new Set(hours.map((hour) => Number(hour.slice(0, 2)) % 3))).toEqual(new Set([0]))
      expect(marks.length).toBeGreaterThan(5)
    }
    const [first = 0] = momentsIn('Asia/Kathmandu', '2026-11-02', '2026-11-08').map(({ at }) => at)
    expect(toPointFormat(86_400_000, 'Asia/Kathmandu')(first)).toContain('Nov 2')
  })
})

describe('the lines of a chart', () => {
  const series = Array.from({ length: SERIES_MAX }, (_, index) => ({
    name: String(index),
    values: [2],
    before: { name: `${index} (before)`, values: [1] },
  }))

  it('have a colour and a pattern each, and what they are compared with has another', () => {
    const looks = toLines(series).map(({ look }) => look)
    expect(new Set(looks).size).toBe(2 * SERIES_MAX)
    const own = looks.filter((look) => !look.endsWith('before'))
    expect(COLOURS).toHaveLength(SERIES_MAX)
    expect(new Set(own.map((look) => dashesOf(look).join(' '))).size).toBe(SERIES_MAX)
    const before: LineLook = '1-before'
    expect(own.map((look) => dashesOf(look))).not.toContainEqual(dashesOf(before))
  })

  it.each(['light', 'dark'] as const)('stand out from the %s page by 3 to 1', (scheme) => {
    for (const colours of COLOURS) {
      expect(contrastOf(colours[scheme], PAGE[scheme]), colours[scheme]).toBeGreaterThanOrEqual(3)
    }
  })

  it.each(['light', 'dark'] as const)(
    'are told apart with every kind of colour blindness as well as those of Okabe and Ito: %s',
    (scheme) => {
      const nearest = nearestPair(COLOURS.map((colours) => colours[scheme]))
      expect(nearest.distance, nearest.pair.join(' ')).toBeGreaterThanOrEqual(nearestPair(OKABE_ITO).distance)
    },
  )
})
