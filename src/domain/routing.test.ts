import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WeightedRef } from './flow.ts'
import { chooseWeighted, routePoint } from './routing.ts'

const weights = fc.integer({ min: 0, max: 1000 })
const refLists = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z0-9]{1,10}$/), weight: weights }), {
  selector: (ref) => ref.id,
  minLength: 1,
  maxLength: 8,
})
const seeds = fc.string({ minLength: 1, maxLength: 30 })

function points(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => routePoint(`visitor-${i}`, 'salt'))
}

describe('a weighted choice', () => {
  it('is the same for the same point, whatever the order of the list', () => {
    fc.assert(
      fc.property(refLists, seeds, (refs, seed) => {
        const point = routePoint(seed, 'salt')
        expect(chooseWeighted(refs.toReversed(), point)).toEqual(chooseWeighted(refs, point))
      }),
    )
  })

  it('never takes a weight of zero, and takes something when anything has a weight', () => {
    fc.assert(
      fc.property(refLists, seeds, (refs, seed) => {
        const chosen = chooseWeighted(refs, routePoint(seed, 'salt'))
        if (refs.every((ref) => ref.weight === 0)) expect(chosen).toBeUndefined()
        else expect(chosen?.weight).toBeGreaterThan(0)
      }),
    )
  })

  it('only ever moves visitors towards an item whose weight is raised', () => {
    fc.assert(
      fc.property(refLists, fc.nat(), fc.integer({ min: 1, max: 1000 }), (refs, pick, more) => {
        const raised = refs[pick % refs.length]
        const after = refs.map((ref) => (ref === raised ? { ...ref, weight: ref.weight + more } : ref))
        for (const point of points(50)) {
          const before = chooseWeighted(refs, point)?.id
          const now = chooseWeighted(after, point)?.id
          if (now !== before) expect(now).toBe(raised?.id)
        }
      }),
    )
  })

  it('moves only the visitors of an item that is removed', () => {
    fc.assert(
      fc.property(refLists, fc.nat(), (refs, pick) => {
        const removed = refs[pick % refs.length]
        const after = refs.filter((ref) => ref !== removed)
        for (const point of points(50)) {
          const before = chooseWeighted(refs, point)?.id
          if (before !== removed?.id) expect(chooseWeighted(after, point)?.id).toBe(before)
        }
      }),
    )
  })

  it.each([[[1, 1]], [[1, 3]], [[1, 1, 1, 1, 1]], [[70, 20, 10]], [[1, 99]]])(
    'gives each of the weights %j its share within one percent of all',
    (shares) => {
      const refs: WeightedRef[] = shares.map((weight, i) => ({ id: `offer${i}`, weight }))
      const count = 40_000
      const hits = new Map<string, number>()
      for (const point of points(count)) {
        const id = chooseWeighted(refs, point)?.id ?? ''
        hits.set(id, (hits.get(id) ?? 0) + 1)
      }
      const sum = shares.reduce((total, weight) => total + weight, 0)
      for (const ref of refs) {
        expect(Math.abs((hits.get(ref.id) ?? 0) / count - ref.weight / sum)).toBeLessThan(0.01)
      }
    },
  )

  it('treats weights that are no positive numbers as zero', () => {
    for (const weight of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(chooseWeighted([{ id: 'a', weight }], 0.5)).toBeUndefined()
    }
    expect(chooseWeighted([], 0.5)).toBeUndefined()
  })
})
