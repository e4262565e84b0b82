import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { earnMicros } from './offer-price.ts'
import { NO_PRICE, type Price } from './offer-terms.ts'
import { findCustomPayoutsAboveRevenue, findPayoutsAboveRevenue, isAboveRevenue } from './price-check.ts'

const flat = (amountMicros: number): Price => ({ model: 'flat', amountMicros })
const percent = (share: number): Price => ({ model: 'percent', percent: share })

const amount = fc.nat({ max: 1_000_000_000 })
const share = fc.nat({ max: 1_000_000 }).map((n) => n / 10_000)
const perConversion: fc.Arbitrary<Price> = fc.oneof(
  fc.record({ model: fc.constant('flat' as const), amountMicros: amount }),
  fc.record({ model: fc.constant('percent' as const), percent: share }),
  fc.record({ model: fc.constant('both' as const), amountMicros: amount, percent: share }),
)

describe('a payout above the revenue', () => {
  it('of one model: what is not above it never loses money, whatever the sale', () => {
    fc.assert(
      fc.property(perConversion, perConversion, amount, (payout, revenue, sale) => {
        fc.pre(payout.model === revenue.model && !isAboveRevenue(payout, revenue))
        expect(earnMicros(payout, sale)).toBeLessThanOrEqual(earnMicros(revenue, sale) ?? Number.NaN)
      }),
    )
  })

  it('of one model: what is above it loses money at some sale', () => {
    fc.assert(
      fc.property(perConversion, perConversion, (payout, revenue) => {
        fc.pre(payout.model === revenue.model && isAboveRevenue(payout, revenue))
        const losses = [0, 4_000_000_000_000_000].map(
          (sale) => (earnMicros(payout, sale) ?? Number.NaN) - (earnMicros(revenue, sale) ?? Number.NaN),
        )
        expect(Math.max(...losses)).toBeGreaterThan(0)
      }),
    )
  })

  it('is any payout where there is no revenue, and none where nothing is paid', () => {
    expect(isAboveRevenue(percent(1), NO_PRICE)).toBe(true)
    expect(isAboveRevenue({ model: 'cpc', amountMicros: 1 }, percent(0))).toBe(true)
    expect(isAboveRevenue(percent(0), NO_PRICE)).toBe(false)
  })

  it('can not be told of different models', () => {
    expect(isAboveRevenue(flat(100), percent(1))).toBe(false)
    expect(isAboveRevenue({ model: 'cpc', amountMicros: 100 }, flat(1))).toBe(false)
  })

  it('is looked for at the offer, its goals and its tiers, whatever the case of an event', () => {
    const prices = {
      revenue: flat(5),
      payout: flat(6),
      goals: [{ event: 'Lead', name: '', revenue: flat(2), payout: flat(2) }],
      tiers: [
        { tier: 'gold', event: '', payout: flat(5) },
        { tier: 'gold', event: 'LEAD', payout: flat(3) },
      ],
    }
    expect(findPayoutsAboveRevenue(prices)).toEqual(['payout', 'tiers.1.payout'])
    const own = { '': flat(6), lead: flat(2), gone: flat(1) }
    expect(findCustomPayoutsAboveRevenue(prices, own)).toEqual(['', 'gone'])
  })
})
