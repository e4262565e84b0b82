import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { maskVisitParam, maskVisitUrl, maySayPerson } from './mask-visit.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
/** As the edge does it. */
function kept(name: string, value: string, { consent = false, isMapped = false } = {}): string {
  return maySayPerson(name, value) ? maskVisitParam(name, value, { consent, isMapped }) : value
}

describe('a parameter of a visit', () => {
  it.each([
    'email',
    'EM',
    'phone',
    'ph',
    'phone_sha256',
    'user_email',
    'Customer-Email',
    'tel',
    'mobile',
    'msisdn',
  ])('is kept as *** under the name %s, and as its hash with consent where it can be read', (name) => {
    expect(kept(name, '+1 555 010 0100')).toBe('***')
    expect(kept(name, 'jane@shop.example')).toBe('***')
  })

  it('is kept as its hash with consent, as in a hit', () => {
    const [email, plus] = [sha256('jane@shop.example'), sha256('+15550100100')]
    expect(kept('email', 'Jane@shop.example', { consent: true })).toBe(`sha256:${email}`)
    expect(kept('ph', '+1 555 010 0100', { consent: true })).toBe(`sha256:${sha256('15550100100')},${plus}`)
    expect(kept('user_email', 'jane@shop.example', { consent: true })).toBe('***')
  })

  it('says no e-mail address under any name, nor in a page that it names', () => {
    expect(kept('txid', 'by jane@shop.example')).toBe('by ***')
    expect(kept('q', 'jane%40shop.example')).toBe('***')
    expect(kept('next', 'https://shop.example/?phone=5550100&x=1')).toBe(
      'https://shop.example/?phone=***&x=1',
    )
  })

  it('that means something to its traffic source stays, unless it looks like a person’s', () => {
    const isMapped = true
    expect(kept('mobile', '1', { isMapped })).toBe('1')
    expect(kept('em', 'banner-7', { isMapped })).toBe('banner-7')
    for (const value of ['jane@shop.example', '555-010-0100', sha256('jane')])
      expect(kept('email', value, { isMapped })).toBe('***')
  })

  it.each([
    ['sub', 'a@b'],
    ['hotel', 'Ritz'],
    ['utm_source', 'x'],
    ['url', 'https://shop.example/a?b=1#c'],
  ])('stays as it is when it says nothing of anybody: %s=%s', (name, value) => {
    expect(kept(name, value)).toBe(value)
  })
})

it.each([
  ['https://a.example/?em=jane&x=1', 'https://a.example/?em=***&x=1'],
  ['https://a.example/#%65mail=jane', 'https://a.example/#%65mail=***'],
  ['https://a.example/jane@shop.example/x', 'https://a.example/***/x'],
  ['https://a.example/?item=1&token=ab', 'https://a.example/?item=1&token=ab'],
])('keeps of the page %s what says nothing of its visitor', (url, masked) => {
  expect(maskVisitUrl(url, false)).toBe(masked)
})
