import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trafficCostMicros } from './traffic-cost.ts'

const price = fc.integer({ min: 0, max: 1_000_000_000_000 })

describe('the cost of traffic', () => {
  it.each([
    [1_234_000, 1_000, 0, 1_234],
    [1_234_499, 1_000, 0, 1_234],
    [1_234_500, 1_000, 0, 1_235],
    [100_000, 1, 20, 125_000],
    [100_000, 1, 2.5, 102_564],
    [1_000_000, 1_000, 50, 2_000],
    [7, 1, 99, 700],
    [7, 1, 100, 7],
    [7, 1, -5, 7],
    [0, 1_000, 50, 0],
  ])('of %i for %i parts with %f %% lost is %i', (micros, parts, loss, expected) => {
    expect(trafficCostMicros(micros, parts, loss)).toBe(expected)
  })

  it('is never off by more than half a micro', () => {
    fc.assert(
      fc.property(
        price,
        fc.constantFrom(1, 1_000),
        fc.integer({ min: 0, max: 99 }),
        (micros, parts, loss) => {
          const cost = trafficCostMicros(micros, parts, loss)
          const error = BigInt(cost) * BigInt(parts) * BigInt(100 - loss) - BigInt(micros) * 100n
          expect(2n * (error < 0n ? -error : error) <= BigInt(parts) * BigInt(100 - loss)).toBe(true)
        },
      ),
    )
  })

  it('grows with the price and with the loss', () => {
    fc.assert(
      fc.property(price, price, fc.integer({ min: 0, max: 98 }), (one, other, loss) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        expect(trafficCostMicros(low, 1, loss)).toBeLessThanOrEqual(trafficCostMicros(high, 1, loss))
        expect(trafficCostMicros(low, 1, loss)).toBeLessThanOrEqual(trafficCostMicros(low, 1, loss + 1))
      }),
    )
  })
})
