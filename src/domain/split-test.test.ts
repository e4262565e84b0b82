import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPTIMIZATION_METRICS } from './flow.ts'
import { createSeededRandom, drawBeta, drawGamma } from './random-draws.ts'
import { judgeSplit, type SplitArm, weightsOf } from './split-test.ts'

const arm = (id: string, changes: Partial<SplitArm> = {}): SplitArm => ({
  id,
  visits: 0,
  clicks: 0,
  conversions: 0,
  revenueMicros: 0,
  ...changes,
})
const judge = (metric: Parameters<typeof judgeSplit>[0], arms: readonly SplitArm[]) =>
  judgeSplit(metric, arms, createSeededRandom(7))

describe('draws', () => {
  it('have the mean and the spread of their distributions', () => {
    const random = createSeededRandom(1)
    for (const [a, b] of [
      [1, 1],
      [3, 9],
      [40, 960],
    ] as const) {
      const drawn = Array.from({ length: 20_000 }, () => drawBeta(random, a, b))
      const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
      const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length
      const spread = (a * b) / ((a + b) ** 2 * (a + b + 1))
      expect(mean).toBeCloseTo(a / (a + b), 2)
      expect(variance / spread).toBeCloseTo(1, 1)
    }
    const gamma = Array.from({ length: 20_000 }, () => drawGamma(random, 5))
    expect(gamma.reduce((sum, x) => sum + x, 0) / gamma.length).toBeCloseTo(5, 1)
  })

  it('are repeated by their seed', () => {
    const [a, b] = [createSeededRandom(3), createSeededRandom(3)]
    expect(Array.from({ length: 5 }, a)).toEqual(Array.from({ length: 5 }, b))
  })
})

describe('a split test', () => {
  it('knows nothing before the first visit: all arms are equally likely the best', () => {
    for (const metric of OPTIMIZATION_METRICS) {
      for (const { probabilityBest } of judge(metric, [arm('a'), arm('b'), arm('c')])) {
        expect(probabilityBest).toBeGreaterThan(0.3)
        expect(probabilityBest).toBeLessThan(0.37)
      }
    }
  })

  it('agrees with the exact answer for two rates', () => {
    // P(B > A) for Beta(13, 89) against Beta(21, 81): 0.936.
    const [a, b] = judge('cv', [
      arm('a', { visits: 100, conversions: 12 }),
      arm('b', { visits: 100, conversions: 20 }),
    ])
    expect(b?.probabilityBest).toBeCloseTo(0.936, 1)
    expect((a?.probabilityBest ?? 0) + (b?.probabilityBest ?? 0)).toBeCloseTo(1, 6)
    expect(b?.mean).toBeCloseTo(21 / 102, 2)
    expect(b?.low).toBeCloseTo(0.134, 2)
    expect(b?.high).toBeCloseTo(0.289, 2)
  })

  it('prefers the arm that earns more, not the one that converts more', () => {
    const arms = [
      arm('often', { visits: 2_000, clicks: 900, conversions: 100, revenueMicros: 100_000_000 }),
      arm('dear', { visits: 2_000, clicks: 900, conversions: 60, revenueMicros: 600_000_000 }),
    ]
    expect(judge('cv', arms)[0]?.probabilityBest).toBeGreaterThan(0.95)
    expect(judge('epv', arms)[1]?.probabilityBest).toBeGreaterThan(0.95)
    expect(judge('epv', arms)[1]?.mean).toBeGreaterThan(250_000)
    expect(judge('epv', arms)[1]?.mean).toBeLessThan(350_000)
  })

  it('bears more conversions than visits, corrections below zero, and no clicks', () => {
    const arms = [
      arm('upsells', { visits: 5, conversions: 9, revenueMicros: 9_000_000 }),
      arm('refunds', { visits: 5, conversions: -1, revenueMicros: -2_000_000 }),
    ]
    for (const metric of OPTIMIZATION_METRICS) {
      for (const verdict of judge(metric, arms)) {
        expect(Object.values(verdict).filter((value) => typeof value === 'number' && !(value >= 0))).toEqual(
          [],
        )
      }
    }
  })
})

describe('weights', () => {
  it('sum up to 100, keep the floor, and follow the probability to be the best', () => {
    const verdicts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(verdicts, fc.double({ min: 0, max: 50, noNaN: true }), (shares, floor) => {
        const total = shares.reduce((sum, share) => sum + share, 0) || 1
        const judged = shares.map((share, n) => ({
          id: String(n),
          mean: 0,
          low: 0,
          high: 0,
          probabilityBest: shares.length === 1 ? 1 : share / total,
        }))
        fc.pre(shares.length === 1 || shares.some((share) => share > 0))
        const weights = [...weightsOf(judged, floor).values()]
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(100, 6)
        const least = Math.min(floor, 100 / shares.length)
        expect(weights.every((weight) => weight >= least - 1e-9)).toBe(true)
      }),
    )
  })
})
