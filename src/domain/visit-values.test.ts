import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNumbers, parseVisitChange } from './visit-values.ts'

const params = (query: string) => [...new URLSearchParams(query)]

describe('the numbers of a hit', () => {
  it('are set, or added to, by the names of events and by names of the user', () => {
    const query = 'event1=5&add_event30=-2.5&number.score=0.1&ADD_number.Depth=1&cid=x&event=sale'
    expect(parseNumbers(params(query))).toEqual({
      numbers: [
        { name: 'event1', mode: 'set', micros: 5_000_000 },
        { name: 'event30', mode: 'add', micros: -2_500_000 },
        { name: 'score', mode: 'set', micros: 100_000 },
        { name: 'Depth', mode: 'add', micros: 1_000_000 },
      ],
      problem: '',
    })
  })

  it.each(['event0=1', 'event31=1', 'event01=1', 'number.=1', 'add_event=1', 'event1='])(
    '%s is none',
    (query) => {
      expect(parseNumbers(params(query))).toEqual({ numbers: [], problem: '' })
    },
  )

  it('that can not be read are told', () => {
    expect(parseNumbers(params('event1=many&event2=2'))).toEqual({
      numbers: [{ name: 'event2', mode: 'set', micros: 2_000_000 }],
      problem: 'event1 "many": not a number',
    })
  })
})

describe('an update of a visit', () => {
  it('knows external id, subs, tokens by either name, and keeps the rest as parameters', () => {
    const query =
      'cid=X&external_id=E%2F1&SUB1=a&sub11=b&token.zone=7&keyword=shoes&fbclid=F&event1=5&token=secret&fp=Y&test=0'
    expect(parseVisitChange(params(query), { tokenNames: ['Keyword', 'Zone'], consent: false })).toEqual({
      externalId: 'E/1',
      subs: { sub1: 'a' },
      tokens: { Zone: '7', Keyword: 'shoes' },
      params: { sub11: 'b', fbclid: 'F' },
    })
  })

  it('changes nothing by empty values, unfilled macros, and a name given again', () => {
    expect(
      parseVisitChange(params('cid=X&sub1=&sub2={sub2}&sub3=a&sub3=b'), { tokenNames: [], consent: false }),
    ).toEqual({
      subs: { sub3: 'a' },
    })
  })

  it('keeps no plain address or number of a person, and its hash with consent alone', () => {
    const pairs = params('note=jane@example.com&token.email=Jane@Example.com&sub1=jane@example.com')
    const kept = { tokenNames: [] }
    expect(parseVisitChange(pairs, { ...kept, consent: false })).toEqual({
      subs: { sub1: 'jane@example.com' },
      tokens: { email: '***' },
      params: { note: '***' },
    })
    const hashed = parseVisitChange(pairs, { ...kept, consent: true })
    expect(hashed.tokens?.email).toMatch(/^sha256:[\da-f]{64}$/)
  })

  it('never throws, and never takes a name for another’s property', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        parseVisitChange(pairs, { tokenNames: ['__proto__'], consent: false })
        parseNumbers(pairs)
      }),
    )
    const change = parseVisitChange([['__proto__', 'x']], { tokenNames: [], consent: false })
    expect(Object.keys(change.params ?? {})).toEqual(['__proto__'])
  })
})
