import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareOut } from './share-out.ts'

const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 50 })

describe('shares', () => {
  it('add up to exactly the whole, each within one of its proportion', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), weights, (total, all) => {
        const sum = all.reduce((a, b) => a + b, 0)
        fc.pre(sum > 0)
        const shares = shareOut(total, all)
        expect(shares.reduce((a, b) => a + BigInt(b), 0n)).toBe(BigInt(total))
        shares.forEach((share, i) => {
          const off = BigInt(share) * BigInt(sum) - BigInt(total) * BigInt(all[i] ?? 0)
          expect(off > -BigInt(sum) && off < BigInt(sum)).toBe(true)
        })
      }),
    )
  })

  it('give nothing to what weighs nothing, and the odd one to the first of equals', () => {
    expect(shareOut(10, [1, 0, 1, 1])).toEqual([4, 0, 3, 3])
    expect(shareOut(-10, [1, 0, 1, 1])).toEqual([-3, 0, -3, -4])
  })

  it('follow weights below zero', () => {
    expect(shareOut(10, [15, -5])).toEqual([15, -5])
    expect(shareOut(10, [-15, 5])).toEqual([15, -5])
  })
})
