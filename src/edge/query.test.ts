import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from '../domain/limits.ts'
import { cutText, firstValue, parseQuery } from './query.ts'

function pairs(text: string): [string, string][] {
  const { names, values } = parseQuery(text)
  return names.map((name, index) => [name, values[index] ?? ''])
}

describe('a query string', () => {
  it('is read in order, with repeated and empty parameters', () => {
    expect(pairs('a=1&b&&a=2&=x&c=')).toEqual([
      ['a', '1'],
      ['b', ''],
      ['a', '2'],
      ['', 'x'],
      ['c', ''],
    ])
    expect(firstValue(parseQuery('a=1&a=2'), 'a')).toBe('1')
    expect(firstValue(parseQuery('a=1'), 'b')).toBe('')
  })

  it.each([
    ['a+b%2B', 'a b+'],
    ['%D0%B6', 'ж'],
    ['100%', '100%'],
    ['%zz', '%zz'],
    ['%ff%41', '\ufffdA'],
    ['%e2%82', '\ufffd'],
    ['\xd0\xb6', 'ж'],
    ['\xd0\xb6%20%zz', 'ж %zz'],
    ['\xff', '\ufffd'],
    ['%00%0d%0a', '\0\r\n'],
  ])('value %j is read as %j', (sent, read) => {
    expect(pairs(`v=${sent}`)).toEqual([['v', read]])
  })

  it('never throws and never gives half a character, whatever bytes are sent', () => {
    const byte = fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code))
    const part = fc.oneof(byte, fc.constantFrom('%', '&', '=', '+', '%F0%9F', '%9F', '%F0%9F%98%80'))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 200 }), (parts) => {
        const { names, values } = parseQuery(parts.join(''))
        expect(names.length).toBe(values.length)
        for (const text of [...names, ...values]) expect(text.isWellFormed()).toBe(true)
      }),
    )
  })

  it('agrees with URLSearchParams on what is well formed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 50 })), { maxLength: 20 }),
        (sent) => {
          const text = new URLSearchParams(sent).toString()
          expect(pairs(text)).toEqual([...new URLSearchParams(text)])
        },
      ),
    )
  })

  it('is cut at its limits, and says how much was cut', () => {
    const many = Array.from({ length: LIMITS.paramsMax + 3 }, (_, n) => `p${n}=1`).join('&')
    expect(parseQuery(many)).toMatchObject({ excess: 3 })
    expect(parseQuery(many).names).toHaveLength(LIMITS.paramsMax)
    const long = parseQuery(
      `a=${'x'.repeat(LIMITS.paramValueCharsMax + 1)}&${'n'.repeat(LIMITS.paramNameCharsMax + 1)}=1&b=2`,
    )
    expect(long.excess).toBe(2)
    expect(long.names).toEqual(['a', 'b'])
    expect(long.values[0]).toHaveLength(LIMITS.paramValueCharsMax)
  })

  it('is cut between characters, not inside one', () => {
    expect(cutText('ab😀', 3).isWellFormed()).toBe(true)
  })
})
