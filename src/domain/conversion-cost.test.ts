import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conversionCostMicros } from './conversion-cost.ts'
import { EVENT_COUNTS_DEFAULT } from './conversion-types.ts'
import type { CostModel } from './snapshot.ts'

const counts = EVENT_COUNTS_DEFAULT
function cost(model: CostModel | undefined, revenueMicros: number, counted = counts) {
  const exchange = (micros: number, currency: string) => (currency === 'USD' ? micros : undefined)
  return conversionCostMicros({ model, counts: counted, revenueMicros, exchange })
}

describe('the cost of a conversion', () => {
  it('is the amount of cpa, for what counts as a conversion', () => {
    const cpa: CostModel = { type: 'cpa', amountMicros: 700_000, currency: 'USD' }
    expect(cost(cpa, 5_000_000)).toBe(700_000)
    expect(cost(cpa, 5_000_000, { ...counts, conversion: false })).toBe(0)
    expect(cost({ ...cpa, currency: 'XAF' }, 5_000_000)).toBeUndefined()
  })

  it.each([
    [30, 5_000_000, 1_500_000],
    [12.5, 3, 0],
    [50, 3, 2],
    [50, -3, -2],
    [33.3333, 1_000_000, 333_333],
    [100, 7, 7],
    [0, 7, 0],
  ])('is %s percent of the revenue: of %d micros, %d', (percent, revenueMicros, expected) => {
    expect(cost({ type: 'revshare', percent }, revenueMicros)).toBe(expected)
  })

  it('is no share of an amount that is no revenue', () => {
    expect(cost({ type: 'revshare', percent: 50 }, 5_000_000, { ...counts, revenue: false })).toBe(0)
  })

  it('is nothing by the models that charge visits', () => {
    const cpc: CostModel = { type: 'cpc', amountMicros: 1, currency: 'USD' }
    for (const model of [undefined, cpc, { type: 'none' }, { type: 'token' }] as const)
      expect(cost(model, 5_000_000)).toBe(0)
  })

  it('takes back by a correction exactly what it gave', () => {
    const amounts = fc.integer({ min: 0, max: 1e15 })
    fc.assert(
      fc.property(amounts, fc.double({ min: 0, max: 100, noNaN: true }), (micros, percent) => {
        const share: CostModel = { type: 'revshare', percent }
        expect((cost(share, micros) ?? 1) + (cost(share, -micros) ?? 1)).toBe(0)
      }),
    )
  })
})
