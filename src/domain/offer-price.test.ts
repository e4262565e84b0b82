import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CustomPayouts } from './affiliate.ts'
import { LIMITS } from './limits.ts'
import {
  agreeOn,
  convertPrice,
  earnMicros,
  impressionPriceMicros,
  visitPriceMicros,
  withoutAmount,
} from './offer-price.ts'
import { DEFAULT_TERMS, NO_PRICE, type Price } from './offer-terms.ts'

const flat = (amountMicros: number): Price => ({ model: 'flat', amountMicros })
const amounts = fc.integer({ min: 0, max: LIMITS.amountMicrosMax })
const sales = fc.integer({ min: -LIMITS.amountMicrosMax, max: LIMITS.amountMicrosMax })
const percents = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 10_000)
const prices: fc.Arbitrary<Price> = fc.oneof(
  fc.record({
    model: fc.constantFrom('flat' as const, 'cpc' as const, 'cpm' as const),
    amountMicros: amounts,
  }),
  fc.record({ model: fc.constant('percent' as const), percent: percents }),
  fc.record({ model: fc.constant('both' as const), amountMicros: amounts, percent: percents }),
)

describe('what is agreed on for a conversion', () => {
  const terms = {
    ...DEFAULT_TERMS,
    revenue: flat(30),
    payout: flat(20),
    goals: [{ event: 'Deposit', name: 'First deposit', revenue: flat(300), payout: flat(200) }],
    tiers: [
      { tier: 'gold', event: '', payout: flat(25) },
      { tier: 'gold', event: 'deposit', payout: flat(250) },
      { tier: 'silver', event: 'deposit', payout: flat(220) },
      { tier: 'gold', event: 'register', payout: flat(9) },
    ],
  }
  const custom = { '': flat(28), deposit: flat(280) }
  const rows: readonly {
    readonly event: string
    readonly tier?: string
    readonly custom?: CustomPayouts
    readonly agreed: readonly [revenue: number, payout: number, from: string]
  }[] = [
    { event: 'sale', agreed: [30, 20, 'offer'] },
    { event: '', agreed: [30, 20, 'offer'] },
    { event: 'SALE', tier: 'gold', agreed: [30, 25, 'tier'] },
    { event: 'sale', tier: 'silver', agreed: [30, 20, 'offer'] },
    { event: 'sale', tier: 'gold', custom, agreed: [30, 28, 'affiliate'] },
    { event: 'deposit', agreed: [300, 200, 'goal'] },
    { event: 'DEPOSIT', tier: 'silver', agreed: [300, 220, 'tier'] },
    { event: 'deposit', tier: 'gold', custom, agreed: [300, 280, 'affiliate'] },
    { event: 'install', tier: 'gold', custom, agreed: [0, 0, 'offer'] },
    { event: 'install', custom: { install: flat(5) }, agreed: [0, 0, 'offer'] },
    { event: 'register', tier: 'gold', agreed: [0, 0, 'offer'] },
  ]
  it.each(rows)('for "$event" of tier "$tier" is $agreed', ({ event, tier = '', custom: own, agreed }) => {
    const of = { terms, currency: 'EUR', event, defaultEvent: 'sale', tier, custom: own }
    const [revenue, payout, from] = agreed
    expect(agreeOn(of)).toEqual({ revenue: flat(revenue), payout: flat(payout), from, currency: 'EUR' })
  })

  it('takes a payout that names the default event for the default one', () => {
    const of = { terms, currency: 'USD', event: '', defaultEvent: 'sale', tier: '' }
    expect(agreeOn({ ...of, event: 'sale', custom: { Sale: flat(29) } })).toMatchObject({ payout: flat(29) })
  })

  it('never lets what is paid out depend on what comes in', () => {
    fc.assert(
      fc.property(prices, prices, prices, sales, (revenue, otherRevenue, payout, sale) => {
        const of = { currency: 'USD', event: 'sale', defaultEvent: 'sale', tier: '', custom: undefined }
        const earned = [revenue, otherRevenue].map((each) => {
          const agreed = agreeOn({ ...of, terms: { ...DEFAULT_TERMS, revenue: each, payout } })
          return earnMicros(agreed.payout, sale)
        })
        expect(earned[0]).toBe(earned[1])
      }),
    )
  })
})

describe('a price', () => {
  it.each([
    [flat(500), 10_000, 500],
    [flat(500), -10_000, 500],
    [{ model: 'percent', percent: 12.5 }, 8, 1],
    [{ model: 'percent', percent: 50 }, 3, 2],
    [{ model: 'percent', percent: 50 }, -3, -2],
    [{ model: 'percent', percent: 33.3333 }, 1_000_000, 333_333],
    [{ model: 'both', amountMicros: 500, percent: 10 }, 1_000, 600],
    [{ model: 'both', amountMicros: 500, percent: 10 }, -1_000, 400],
    [{ model: 'cpc', amountMicros: 500 }, 1_000, 0],
    [{ model: 'cpm', amountMicros: 500 }, 1_000, 0],
    [NO_PRICE, 1_000, 0],
  ] as const)('%o of a sale of %d micros is %d', (price, sale, earned) => {
    expect(earnMicros(price, sale)).toBe(earned)
  })

  it('of a percentage is exact to half a micro, and the same share is taken back', () => {
    fc.assert(
      fc.property(percents, sales, (percent, sale) => {
        const earned = earnMicros({ model: 'percent', percent }, sale)
        if (earned === undefined) throw new Error('beyond exact integers')
        const exact = BigInt(sale) * BigInt(Math.round(percent * 10_000))
        const off = BigInt(earned) * 1_000_000n - exact
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(500_000n)
        expect(earnMicros({ model: 'percent', percent }, -sale)).toBe(earned === 0 ? 0 : -earned)
      }),
    )
  })

  it('without its amount is worth its share alone', () => {
    fc.assert(
      fc.property(prices, sales, (price, sale) => {
        const share = 'percent' in price ? earnMicros({ model: 'percent', percent: price.percent }, sale) : 0
        expect(earnMicros(withoutAmount(price), sale)).toBe(share)
      }),
    )
  })

  it('too large for exact integers is none', () => {
    expect(earnMicros({ model: 'percent', percent: 1_000 }, LIMITS.amountMicrosMax)).toBeUndefined()
    const both = { model: 'both', amountMicros: 8_100_000_000_000_000, percent: 100 } as const
    expect(earnMicros(both, LIMITS.amountMicrosMax)).toBeUndefined()
  })

  it('of visits and impressions is worth that alone', () => {
    const all = [
      { model: 'cpc', amountMicros: 500 },
      { model: 'cpm', amountMicros: 1_499 },
      { model: 'cpm', amountMicros: 1_500 },
      flat(9_000),
      { model: 'both', amountMicros: 9_000, percent: 10 },
    ] as const satisfies readonly Price[]
    expect(all.map(visitPriceMicros)).toEqual([500, 0, 0, 0, 0])
    expect(all.map(impressionPriceMicros)).toEqual([0, 1, 2, 0, 0])
  })

  it('in another currency keeps its percentage, and is none without a rate', () => {
    const twice = (micros: number) => micros * 2
    const both = { model: 'both', amountMicros: 5, percent: 10 } as const
    expect(convertPrice(both, twice)).toEqual({ ...both, amountMicros: 10 })
    expect(convertPrice({ model: 'percent', percent: 10 }, () => undefined)).toEqual({
      model: 'percent',
      percent: 10,
    })
    expect(convertPrice(both, () => undefined)).toBeUndefined()
  })
})
