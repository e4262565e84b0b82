import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clickIdProcess, clickIdTime, createClickIdMaker, verifyClickId } from './click-id.ts'
import { createClickIdKey } from './click-id-key.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const secret = new Uint8Array(32).map((_, i) => i * 7)
const key = createClickIdKey(secret)
const times = fc.integer({ min: 0, max: 2 ** 48 - 2 })
const processes = fc.integer({ min: 0, max: 1023 })
const random32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })

function makerOf(processId: number, random = () => Math.floor(Math.random() * 2 ** 32)) {
  return createClickIdMaker({ key, processId, randomBits: random })
}

describe('click id', () => {
  it('has 26 characters of lower-case Crockford base 32 and gives back its time and process', () => {
    fc.assert(
      fc.property(times, processes, random32, (at, processId, bits) => {
        const id = makerOf(processId, () => bits)(at)
        expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
        expect(verifyClickId(id, key)).toEqual({ ok: true, atMs: at, processId })
        expect(clickIdTime(id)).toBe(at)
        expect(clickIdProcess(id)).toBe(processId)
      }),
    )
  })

  it('carries the first 32 bits of HMAC-SHA256 as node:crypto computes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 100 }), times, (anySecret, at) => {
        const prefix = `${makerOf(3)(at).slice(0, 19)}8`
        const expected = createHmac('sha256', anySecret).update(prefix).digest().readUInt32BE(0)
        expect(createClickIdKey(anySecret).hmac32(prefix)).toBe(expected)
      }),
    )
  })

  it('is refused after a change of any one character', () => {
    fc.assert(
      fc.property(times, processes, (at, processId) => {
        const id = makerOf(processId)(at)
        for (let i = 0; i < id.length; i++) {
          for (const other of ALPHABET) {
            if (other === id[i]) continue
            const changed = id.slice(0, i) + other + id.slice(i + 1)
            expect(verifyClickId(changed, key)).toEqual({ ok: false, reason: 'signature' })
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is refused upper-cased, truncated, lengthened, outside the alphabet, or made under another secret', () => {
    const id = makerOf(1)(1_790_000_000_000)
    expect(verifyClickId(id.toUpperCase(), key)).toEqual({ ok: false, reason: 'alphabet' })
    expect(verifyClickId(id.slice(0, 25), key)).toEqual({ ok: false, reason: 'length' })
    expect(verifyClickId(`${id}0`, key)).toEqual({ ok: false, reason: 'length' })
    expect(verifyClickId('', key)).toEqual({ ok: false, reason: 'length' })
    for (const odd of ['i', 'l', 'o', 'u', '-', ' ', 'é', '\u{fffd}', '\0']) {
      expect(verifyClickId(odd + id.slice(1), key)).toEqual({ ok: false, reason: 'alphabet' })
    }
    const otherKey = createClickIdKey(new Uint8Array(32).fill(9))
    expect(verifyClickId(id, otherKey)).toEqual({ ok: false, reason: 'signature' })
  })

  it('is unique over processes and calls within one millisecond', () => {
    const ids = new Set<string>()
    for (let processId = 0; processId < 1024; processId++) {
      const make = makerOf(processId, () => 42)
      for (let i = 0; i < 100; i++) ids.add(make(1_790_000_000_000))
    }
    expect(ids.size).toBe(1024 * 100)
  })

  it('sorts by time as text', () => {
    fc.assert(
      fc.property(times, times, processes, processes, (first, second, processA, processB) => {
        fc.pre(first !== second)
        const [early, late] = first < second ? [first, second] : [second, first]
        expect(makerOf(processA)(early) < makerOf(processB)(late)).toBe(true)
      }),
    )
  })

  it('never repeats, never sorts backwards and keeps the latest time seen, however the clock jumps', () => {
    const clock = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(clock, random32, (steps, bits) => {
        const make = makerOf(5, () => bits)
        let previous = ''
        let latest = 0
        for (const step of steps) {
          const id = make(1_790_000_000_000 + step)
          latest = Math.max(latest, 1_790_000_000_000 + step)
          expect(id > previous).toBe(true)
          expect(clickIdTime(id)).toBe(latest)
          previous = id
        }
      }),
    )
  })

  it('differs from the ids of the same process before a restart in the same millisecond', () => {
    fc.assert(
      fc.property(random32, random32, (before, after) => {
        fc.pre(before !== after)
        const at = 1_790_000_000_000
        expect(makerOf(5, () => before)(at)).not.toBe(makerOf(5, () => after)(at))
      }),
    )
  })

  it('refuses a process id or a time that would not fit', () => {
    expect(() => makerOf(1024)).toThrow(RangeError)
    expect(() => makerOf(-1)).toThrow(RangeError)
    expect(() => makerOf(1)(2 ** 48)).toThrow(RangeError)
    expect(() => makerOf(1)(Number.NaN)).toThrow(RangeError)
    expect(() => createClickIdKey(new Uint8Array(15))).toThrow(RangeError)
  })
})
