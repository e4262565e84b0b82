import { describe, expect, it } from 'vitest'
import { parseOnce } from './parse-once.ts'

type Row = { readonly id: string; readonly text: string; readonly n: number | null }

describe('rows that are parsed once', () => {
  it('give the same item while every column is the same, and a new one as soon as one differs', () => {
    const parse = parseOnce((row: Row) => ({ ...row }))
    const [a, b] = parse([
      { id: 'a', text: 'x', n: null },
      { id: 'b', text: 'y', n: 1 },
    ])
    const again = parse([
      { id: 'b', text: 'y', n: 2 },
      { id: 'a', text: 'x', n: null },
    ])
    expect(again[1]).toBe(a)
    expect(again[0]).not.toBe(b)
    expect(again[0]).toEqual({ id: 'b', text: 'y', n: 2 })
  })

  it('are forgotten when a call does not have them', () => {
    const parse = parseOnce((row: Row) => ({ ...row }))
    const row = { id: 'a', text: 'x', n: 0 }
    const [first] = parse([row])
    parse([])
    expect(parse([row])[0]).not.toBe(first)
  })
})
