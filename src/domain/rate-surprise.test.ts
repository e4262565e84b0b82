import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paceSurprise, shareSurprise } from './rate-surprise.ts'

const share = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([of, part]) => ({ of, count: Math.round(of * part) }))

describe('the surprise of a rate', () => {
  it('agrees with the normal test of two shares where both are large', () => {
    // 1 100 and 1 000 of 10 000: difference 0.01, pooled standard error √(0.105 · 0.895 · 2 / 10 000).
    const z = shareSurprise({ count: 1_100, of: 10_000 }, { count: 1_000, of: 10_000 })
    expect(z).toBeCloseTo(0.01 / Math.sqrt((0.105 * 0.895 * 2) / 10_000), 1)
    const pace = paceSurprise({ count: 1_100, of: 1e6 }, { count: 1_000, of: 1e6 })
    expect(pace).toBeCloseTo(100 / Math.sqrt(2_100), 1)
  })

  it('is none for equal rates, and for nothing to compare with', () => {
    expect(shareSurprise({ count: 2, of: 10 }, { count: 20, of: 100 })).toBeCloseTo(0)
    expect(paceSurprise({ count: 0, of: 10 }, { count: 0, of: 100 })).toBe(0)
    expect(shareSurprise({ count: 3, of: 3 }, { count: 0, of: 0 })).toBe(0)
    expect(paceSurprise({ count: 0, of: 0 }, { count: 5, of: 9 })).toBe(0)
  })

  it('is a number with the sign of the difference, whatever is compared', () => {
    fc.assert(
      fc.property(share, share, (recent, usual) => {
        for (const surprise of [shareSurprise, paceSurprise]) {
          const z = surprise(recent, usual)
          expect(Number.isFinite(z)).toBe(true)
          const difference = recent.count / recent.of - usual.count / usual.of
          if (Math.abs(z) > 1e-3) expect(Math.sign(z)).toBe(Math.sign(difference))
          expect(surprise(usual, recent)).toBeCloseTo(-z, 5)
        }
      }),
    )
  })
})
