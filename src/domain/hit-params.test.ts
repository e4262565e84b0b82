import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHit } from './hit-params.ts'

const parse = (query: string) => parseHit([...new URLSearchParams(query)])

describe('a hit', () => {
  it('without parameters says nothing, and is no mistake', () => {
    expect(parse('')).toEqual({
      ok: true,
      fields: {
        cid: '',
        payoutMicros: undefined,
        currency: '',
        txid: '',
        event: '',
        status: '',
        statusMap: {},
        offer: '',
        coupon: '',
        affiliate: '',
        email: '',
        phone: '',
        phoneSha256: '',
        consent: false,
        values: {},
        token: '',
        ts: undefined,
        sig: '',
        test: false,
        silent: false,
      },
    })
  })

  it('is read in full', () => {
    const { ok, fields } = parse(
      'cid=c&payout=1.5&currency=eur&txid=T1&event=sale&status=Approved&offer=o1&coupon=SAVE&p1=a&p10=b&token=s&ts=1790000000&sig=ab&test=1',
    )
    expect(ok).toBe(true)
    expect(fields).toMatchObject({
      cid: 'c',
      payoutMicros: 1_500_000,
      currency: 'EUR',
      txid: 'T1',
      event: 'sale',
    })
    expect(fields).toMatchObject({
      status: 'Approved',
      offer: 'o1',
      coupon: 'SAVE',
      values: { p1: 'a', p10: 'b' },
    })
    expect(fields).toMatchObject({ token: 's', ts: 1_790_000_000, sig: 'ab', test: true })
  })

  const aliases = {
    cid: 'cid clickid click_id subid cnv_id hit transaction_id s2s',
    txid: 'txid tid tx transactionid order_id oid conversion_id adv_sub',
    event: 'event et type goal goal_id event_id',
    status: 'status cnv_status conv_status',
  }
  it.each(Object.entries(aliases))(
    'takes %s from the first name in the list that has a value',
    (field, list) => {
      const all = list.split(' ')
      fc.assert(
        fc.property(fc.shuffledSubarray(all, { minLength: 1 }), fc.boolean(), (given, upper) => {
          const params = given.map((name): [string, string] => [
            upper ? name.toUpperCase() : name,
            `v-${name}`,
          ])
          const first = all.find((name) => given.includes(name))
          expect(parseHit(params).fields).toHaveProperty(field, `v-${first}`)
        }),
      )
    },
  )

  it.each('payout amount sum revenue rev price'.split(' '))('takes the amount from %s', (name) => {
    expect(parse(`${name}=2.5`).fields.payoutMicros).toBe(2_500_000)
  })

  it('given a name twice has the first value, and an empty one does not count', () => {
    expect(parse('cid=a&cid=b').fields.cid).toBe('a')
    expect(parse('cid=&cid=b').fields.cid).toBe('b')
    expect(parse('cid=OPTIONAL&clickid={clickid}&subid=real&payout=OPTIONAL').fields).toMatchObject({
      cid: 'real',
      payoutMicros: undefined,
    })
  })

  it('maps status words in the URL, encoded once or twice, ignoring case', () => {
    const { fields } = parse(
      'approved_status=Sale,confirmed&rejected_status=2%252C5&pending_status=hold&ignore_status=x',
    )
    expect(fields.statusMap).toEqual({
      sale: 'approved',
      confirmed: 'approved',
      2: 'rejected',
      5: 'rejected',
      hold: 'pending',
      x: 'ignore',
    })
    expect(parse('lead_status=reg&sale_status=dep,reg&trash_status=spam').fields.statusMap).toEqual({
      reg: 'approved',
      dep: 'approved',
      spam: 'trash',
    })
  })

  it.each([
    ['payout=NaN', 'payout "NaN": not a number'],
    ['payout=1,234', 'payout "1,234": ambiguous separator'],
    ['payout=1e99', 'payout "1e99": not a number'],
    ['payout=9999999999999', 'payout "9999999999999": too large'],
    ['payout=1&currency=dollars', 'unknown currency "dollars"'],
    ['ts=yesterday', 'ts "yesterday" is not Unix seconds'],
    [`txid=${'x'.repeat(129)}`, 'txid is longer than 128 characters'],
    [`event=${'x'.repeat(65)}`, 'event is longer than 64 characters'],
    ['txid=a%0D%0Ab', 'txid holds a control character'],
  ])('%s is malformed: %s', (query, reason) => {
    const parsed = parse(`cid=kept&${query}`)
    expect(parsed).toMatchObject({ ok: false, reason, fields: { cid: 'kept' } })
  })

  it('never throws, whatever the parameters', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'approved_status', 'payout', 'ts'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (params) => {
        expect(typeof parseHit(params).ok).toBe('boolean')
      }),
    )
  })

  it('names the person, and says whether the person agrees', () => {
    const said = (query: string) => {
      const { email, phone, consent } = parse(query).fields
      return [email, phone, consent]
    }
    expect(said('em=a@example.com&PH=%2B155&gdpr_consent=Granted')).toEqual(['a@example.com', '+155', true])
    expect(said('email=a@example.com&phone=1&consent=0')).toEqual(['a@example.com', '1', false])
    for (const word of ['1', 'true', 'YES']) expect(said(`consent=${word}`)).toEqual(['', '', true])
  })
})
