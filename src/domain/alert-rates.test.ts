import { describe, expect, it } from 'vitest'
import { type CampaignPace, findConversionRates, findUnmatchedRates, type SenderHits } from './alert-rates.ts'
import { createSeededRandom } from './random-draws.ts'

const sender = (lastHour: [number, number], usual: [number, number]): SenderHits => ({
  senderId: 'n',
  name: 'PeerFly',
  lastHour: { count: lastHour[0], of: lastHour[1] },
  usual: { count: usual[0], of: usual[1] },
})

const pace = (recent: [number, number], usual: [number, number], hours = 3): CampaignPace => ({
  campaignId: 'c',
  name: 'Spring',
  hours,
  recent: { count: recent[0], of: recent[1] },
  usual: { count: usual[0], of: usual[1] },
})

describe('unmatched hits', () => {
  it('are an alarm when far more of them than usual find no visit', () => {
    const [finding] = findUnmatchedRates([sender([40, 100], [140, 14_000])])
    expect(finding).toMatchObject({
      kind: 'unmatched_rate',
      subjectId: 'n',
      title: 'Hits of PeerFly find no visit',
    })
    expect(finding?.detail.text).toContain('40 of 100 hits of the last hour name no visit: 40.00 %')
    expect(finding?.detail.text).toContain('Usually it is 1.00 %')
  })

  it.each([
    ['2 of 3', sender([2, 3], [10, 10_000])],
    ['9 of 9', sender([9, 9], [10, 10_000])],
    ['as many as always', sender([300, 1_000], [4_200, 14_000])],
    ['a little more than always, however certain', sender([36_000, 100_000], [300_000, 1_000_000])],
    ['half of a new sender', sender([15, 30], [0, 0])],
    ['a bad hour of a new sender', sender([10, 12], [0, 0])],
  ])('are none at %s', (_, hits) => {
    expect(findUnmatchedRates([hits])).toEqual([])
  })

  it('of a new sender are one when nearly all of them find none', () => {
    expect(findUnmatchedRates([sender([30, 30], [0, 0])])).toHaveLength(1)
  })
})

describe('a rate of conversions', () => {
  it('is an alarm when far fewer come than usual, or far more', () => {
    expect(findConversionRates([pace([1, 1_000], [560, 28_000])])).toMatchObject([
      { kind: 'conversion_rate', subjectId: 'c', title: 'Spring converts far less than usual' },
    ])
    expect(findConversionRates([pace([60, 1_000], [560, 28_000])])).toMatchObject([
      { title: 'Spring converts far more than usual' },
    ])
  })

  it.each([
    ['a quiet campaign without any', pace([0, 300], [280, 28_000])],
    ['a few where there are hardly any', pace([5, 100], [2, 28_000])],
    ['a bad hour', pace([12, 1_000], [560, 28_000])],
    ['no visits', pace([0, 0], [560, 28_000])],
    ['no history', pace([50, 100], [0, 0])],
  ])('is none at %s', (_, campaign) => {
    expect(findConversionRates([campaign])).toEqual([])
  })

  it('is told by the fewest hours that tell it, once for a campaign', () => {
    const day = pace([20, 8_000], [4_480, 224_000], 24)
    const findings = findConversionRates([day, pace([0, 1_000], [560, 28_000])])
    expect(findings).toHaveLength(1)
    expect(findings[0]?.detail.text).toContain('in the last 3 full hours')
  })

  it('raises hardly ever a false alarm: once in 20 000 looks at traffic that does not change', () => {
    const random = createSeededRandom(7)
    const draw = (of: number, rate: number) => {
      let count = 0
      for (let i = 0; i < of; i++) if (random() < rate) count++
      return count
    }
    let alarms = 0
    for (let i = 0; i < 20_000; i++) {
      alarms += findConversionRates([pace([draw(300, 0.05), 300], [draw(2_000, 0.05), 2_000])]).length
    }
    expect(alarms).toBeLessThanOrEqual(1)
  })
})
