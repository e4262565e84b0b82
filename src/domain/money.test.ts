import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LIMITS } from './limits.ts'
import {
  convertMicros,
  crossRateMicros,
  exchangeMicros,
  formatMicros,
  isCurrency,
  parseAmount,
  parseCurrency,
  scaleMicros,
  toDecimalString,
} from './money.ts'

const MAX = LIMITS.amountMicrosMax
const amounts = fc.integer({ min: -MAX, max: MAX })

describe('an amount', () => {
  it('never loses a micro between text and number', () => {
    fc.assert(
      fc.property(amounts, (micros) => {
        expect(parseAmount(formatMicros(micros))).toEqual({ ok: true, micros })
        expect(parseAmount(toDecimalString(micros))).toEqual({ ok: true, micros })
      }),
    )
  })

  it('means the same in every localised spelling', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 999_999_999 }),
        fc.integer({ min: 0, max: 99 }),
        (whole, cents) => {
          const micros = whole * 1_000_000 + cents * 10_000
          const fraction = String(cents).padStart(2, '0')
          const groups = (separator: string) => String(whole).replace(/\B(?=(\d{3})+$)/g, separator)
          for (const text of [
            `${whole}.${fraction}`,
            `${whole},${fraction}`,
            `${groups(',')}.${fraction}`,
            `${groups('.')},${fraction}`,
            `${groups(' ')},${fraction}`,
            `${groups('\u00a0')}.${fraction}`,
            `${groups("'")}.${fraction}`,
          ]) {
            expect([text, parseAmount(text)]).toEqual([text, { ok: true, micros }])
            expect(parseAmount(`-${text}`)).toEqual({ ok: true, micros: -micros })
          }
        },
      ),
    )
  })

  it.each([
    ['1.25', 1_250_000],
    [' 7 ', 7_000_000],
    ['+3', 3_000_000],
    ['.5', 500_000],
    ['5.', 5_000_000],
    ['12,5', 12_500_000],
    ['0,123', 123_000],
    ['1234,567', 1_234_567_000],
    ['1.234', 1_234_000],
    ['1,234,567', 1_234_567_000_000],
    ['1.234.567', 1_234_567_000_000],
    ['1 234', 1_234_000_000],
    ['-0', 0],
    ['-0.0000001', 0],
    ['0.0000005', 1],
    ['-0.0000005', -1],
    ['0.0000004999', 0],
    ['0.9999999', 1_000_000],
  ])('%j is %i micros', (text, micros) => {
    expect(parseAmount(text)).toStrictEqual({ ok: true, micros })
  })

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['NaN', 'not a number'],
    ['Infinity', 'not a number'],
    ['-Infinity', 'not a number'],
    ['1e3', 'not a number'],
    ['0x1F', 'not a number'],
    ['1_000', 'not a number'],
    ['--1', 'not a number'],
    ['-', 'not a number'],
    ['.', 'not a number'],
    [',', 'not a number'],
    ['1,2,3', 'not a number'],
    ['12,34.5', 'not a number'],
    ['1,23,456.78', 'not a number'],
    ['1.234,567.8', 'not a number'],
    ['$5', 'not a number'],
    ['5 USD', 'not a number'],
    ['١٢', 'not a number'],
    ['{payout}', 'not a number'],
    ['1\r\n2', 'not a number'],
    ['1,234', 'ambiguous separator'],
    ['-12,345', 'ambiguous separator'],
    ['1000000000.000001', 'too large'],
    ['9'.repeat(30), 'too large'],
    ['9'.repeat(10_000), 'too large'],
  ])('%j is refused: %s', (text, reason) => {
    expect(parseAmount(text)).toEqual({ ok: false, reason })
  })

  it('is a safe integer within the limit or refused, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[-+ ]?[0-9.,' e]{1,24}$/))
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseAmount(text)
        if (!parsed.ok) return
        expect(Number.isSafeInteger(parsed.micros)).toBe(true)
        expect(Math.abs(parsed.micros)).toBeLessThanOrEqual(MAX)
      }),
    )
  })

  it('is never formatted from anything but whole micros', () => {
    for (const odd of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(() => toDecimalString(odd)).toThrow(RangeError)
    }
  })
})

describe('an amount in the proportion of two others', () => {
  it('is the one when it is the other, however weak the currency', () => {
    const amounts = fc.integer({ min: -LIMITS.amountMicrosMax, max: LIMITS.amountMicrosMax })
    fc.assert(
      fc.property(amounts, amounts, (to, of) => {
        fc.pre(of !== 0)
        expect(scaleMicros(of, to, of)).toBe(to)
      }),
    )
  })

  it('rounds half away from zero, and of nothing there is none', () => {
    expect([1, -1, 3].map((micros) => scaleMicros(micros, 1, 2))).toEqual([1, -1, 2])
    expect(scaleMicros(1, -1, -2)).toBe(1)
    expect(scaleMicros(1, 1, 0)).toBeUndefined()
  })
})

describe('a conversion of currency', () => {
  it('is exact at rate one, and rounds half away from zero', () => {
    fc.assert(
      fc.property(amounts, (micros) => {
        expect(convertMicros(micros, 1_000_000)).toBe(micros)
      }),
    )
    expect(convertMicros(1, 500_000)).toBe(1)
    expect(convertMicros(-1, 500_000)).toBe(-1)
    expect(convertMicros(1, 499_999)).toBe(0)
  })

  it('changes nothing but the sign for the opposite amount', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 10 ** 12 }), (micros, rate) => {
        const there = convertMicros(micros, rate)
        const opposite = convertMicros(-micros, rate)
        expect(opposite === undefined ? undefined : 0 - opposite).toBe(there)
      }),
    )
  })

  it('into a weak currency and back gives the amount back', () => {
    const usd = 1_000_000
    const rupiah = 16_650_250_000
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (micros) => {
        const there = exchangeMicros(micros, usd, rupiah)
        expect(there).toBeDefined()
        expect(exchangeMicros(there ?? 0, rupiah, usd)).toBe(micros)
      }),
    )
  })

  it('beyond exact integers, or at no rate, is undefined and never a wrong number', () => {
    expect(convertMicros(MAX, 90_000_000_000)).toBeUndefined()
    expect(exchangeMicros(MAX, 1_000_000, 90_000_000_000)).toBeUndefined()
    expect(exchangeMicros(5, 0, 1_000_000)).toBeUndefined()
  })

  it('has a cross rate', () => {
    expect(crossRateMicros(1_000_000, 925_000)).toBe(925_000)
    expect(crossRateMicros(925_000, 1_000_000)).toBe(1_081_081)
  })
})

it('knows currencies by their ISO 4217 code', () => {
  expect(['USD', 'EUR', 'JPY', 'VND'].every(isCurrency)).toBe(true)
  expect(['usd', 'US', 'XXX', 'ABC', ''].some(isCurrency)).toBe(false)
  expect(parseCurrency(' usd ')).toBe('USD')
  expect(parseCurrency('dollar')).toBeUndefined()
})
