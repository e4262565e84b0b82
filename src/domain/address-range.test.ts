import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAddressSet, findRangeProblem } from './address-range.ts'

describe('a set of addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.10', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.0.0.0', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['192.0.2.7/32', '192.0.2.7', true],
    ['192.0.2.250-192.0.3.5', '192.0.3.5', true],
    ['192.0.2.250 - 192.0.3.5', '192.0.3.6', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', true],
    ['::1-::ff', '::80', true],
    ['::/0', '203.0.113.9', false],
    ['::ffff:192.0.2.0/120', '192.0.2.200', true],
    ['192.0.2.0/24', '::ffff:192.0.2.200', true],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221', true],
    ['192.0.2.0/24', 'not an address', false],
    ['192.0.2.0/24', '', false],
  ])('%s has %s: %s', (range, address, expected) => {
    expect(findRangeProblem(range)).toBeUndefined()
    expect(createAddressSet([range]).has(address)).toBe(expected)
  })

  it.each([
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1.1',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.9-10.0.0.1',
    '10.0.0.1-::1',
    ':::',
    '1::2::3',
    '1:2:3:4::5:6:7:8',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3',
    'fe80::1%eth0',
    '::/129',
    '::192.0.2.1:1',
    '1:2:3:4:5:6:7:192.0.2.1',
    '12345::',
    '::ffff:192.0.2.0/95',
    'example.com',
  ])('%j is no range', (text) => {
    expect(findRangeProblem(text)).toContain(`"${text}"`)
    expect(createAddressSet([text]).has(text)).toBe(false)
  })

  it('says the same as asking every range, however they overlap', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const range = fc.tuple(octet, octet).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), octet, (ranges, asked) => {
        const v4 = createAddressSet(ranges.map(([from, to]) => `10.0.0.${from}-10.0.0.${to}`))
        const v6 = createAddressSet(ranges.map(([from, to]) => `::${from.toString(16)}-::${to.toString(16)}`))
        const expected = ranges.some(([from, to]) => from <= asked && asked <= to)
        expect(v4.has(`10.0.0.${asked}`)).toBe(expected)
        expect(v6.has(`::${asked.toString(16)}`)).toBe(expected)
      }),
    )
  })
})
