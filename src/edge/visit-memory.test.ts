import { describe, expect, it } from 'vitest'
import { VisitMemory } from './visit-memory.ts'

describe('remembered visits', () => {
  it('are the latest ones, as many as fit', () => {
    const memory = new VisitMemory<number>(3)
    for (let n = 1; n <= 10; n += 1) memory.remember(`v${n}`, n)
    expect(memory.size).toBe(3)
    expect([7, 8, 9, 10].map((n) => memory.find(`v${n}`))).toEqual([undefined, 8, 9, 10])
  })

  it('are replaced without pushing others out', () => {
    const memory = new VisitMemory<number>(2)
    memory.remember('a', 1)
    memory.remember('b', 2)
    memory.remember('a', 3)
    expect([memory.find('a'), memory.find('b')]).toEqual([3, 2])
    memory.remember('c', 4)
    expect([memory.find('a'), memory.find('b'), memory.find('c')]).toEqual([undefined, 2, 4])
  })
})
