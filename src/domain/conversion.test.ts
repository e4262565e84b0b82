import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addedIdentity,
  conversionIdentity,
  decideConversion,
  decideTransition,
  findSameConversion,
  type KnownConversion,
  mapStatus,
  matchEvent,
  type ReportedConversion,
} from './conversion.ts'
import { CONVERSION_STATUSES, type ConversionStatus, DUPLICATE_POLICIES } from './conversion-types.ts'

const known: KnownConversion = {
  id: 'v1',
  event: 'sale',
  txid: '',
  status: 'approved',
  amountMicros: 5_000_000,
  originalMicros: 5_000_000,
}
const statuses = fc.constantFrom(...CONVERSION_STATUSES)
const policies = fc.constantFrom(...DUPLICATE_POLICIES)

function reported(change: Partial<ReportedConversion> = {}): ReportedConversion {
  return {
    event: 'sale',
    txid: '',
    status: 'approved',
    amountMicros: 5_000_000,
    originalMicros: 5_000_000,
    defaultAmountMicros: 3_000_000,
    ...change,
  }
}

describe('a status', () => {
  const allowed = [
    'pending approved',
    'pending rejected',
    'pending trash',
    'approved rejected',
    'approved trash',
    'rejected approved',
    'rejected trash',
  ]
  const pairs = CONVERSION_STATUSES.flatMap((from) => CONVERSION_STATUSES.map((to) => [from, to] as const))
  it.each(pairs)('%s → %s is allowed or refused as the table says', (from, to) => {
    expect(decideTransition(from, to).allowed).toBe(from === to || allowed.includes(`${from} ${to}`))
  })

  it('refused says why', () => {
    expect(decideTransition('approved', 'pending')).toEqual({
      allowed: false,
      reason: 'status approved → pending is not allowed: what was approved does not become pending again',
    })
    expect(decideTransition('trash', 'approved')).toHaveProperty(
      'reason',
      expect.stringContaining('trash is final'),
    )
  })

  it.each<[string, ConversionStatus | undefined]>([
    ['', 'approved'],
    [' Confirmed ', 'approved'],
    ['SALE', 'approved'],
    ['lead', 'pending'],
    ['hold', 'pending'],
    ['Declined', 'rejected'],
    ['chargeback', 'rejected'],
    ['spam', 'trash'],
    ['1', undefined],
    ['gibberish', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('word %j means %s without a map', (word, status) => {
    expect(mapStatus(word, {}, {})).toBe(status)
  })

  it("word is explained by the hit's map before the network's before common words", () => {
    expect(mapStatus('Sale', { sale: 'pending' }, { sale: 'trash' })).toBe('pending')
    expect(mapStatus('sale', {}, { sale: 'trash' })).toBe('trash')
    expect(mapStatus('2', {}, { 2: 'ignore' })).toBe('ignore')
  })
})

describe('an identity', () => {
  const part = fc.string({ maxLength: 20 })

  it('differs whenever visit, event or txid differ', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        const identity = ([clickId, event, txid]: readonly string[]) =>
          conversionIdentity({ clickId: clickId ?? '', event: event?.toLowerCase() ?? '', txid: txid ?? '' })
        const same = a[0] === b[0] && a[1].toLowerCase() === b[1].toLowerCase() && a[2] === b[2]
        expect(identity(a) === identity(b)).toBe(same)
      }),
    )
  })

  it('cannot be forged by separators in a txid', () => {
    const plain = conversionIdentity({ clickId: 'c', event: 'sale', txid: 'b' })
    expect(conversionIdentity({ clickId: 'c', event: '', txid: 'sale:b' })).not.toBe(plain)
    expect(conversionIdentity({ clickId: 'c', event: 'SALE', txid: 'b' })).toBe(plain)
    expect(addedIdentity(plain, 'h1')).not.toBe(addedIdentity(plain, 'h2'))
    expect(addedIdentity(plain, 'h1')).not.toBe(
      conversionIdentity({ clickId: 'c', event: 'sale', txid: 'b:h1' }),
    )
  })
})

describe('the conversion that a hit speaks of', () => {
  const first = { ...known, id: 'first', txid: 'A' }
  const second = { ...known, id: 'second', txid: '' }
  const third = { ...known, id: 'third', txid: 'B' }

  it('has its event and txid', () => {
    expect(findSameConversion([first, second, third], { event: 'SALE', txid: 'A' })?.id).toBe('first')
    expect(findSameConversion([first, second], { event: 'sale', txid: 'C' })).toBeUndefined()
    expect(findSameConversion([first, second], { event: 'lead', txid: 'A' })).toBeUndefined()
  })

  it('without a txid is the one recorded without, else the latest of the event', () => {
    expect(findSameConversion([first, second, third], { event: 'sale', txid: '' })?.id).toBe('second')
    expect(findSameConversion([first, third], { event: 'sale', txid: '' })?.id).toBe('third')
    expect(findSameConversion([], { event: 'sale', txid: '' })).toBeUndefined()
  })
})

describe('a reported conversion', () => {
  it('that is new is recorded with its amount, else with what the offer pays', () => {
    expect(decideConversion(undefined, reported(), 'ignore')).toEqual({
      kind: 'record',
      status: 'approved',
      amountMicros: 5_000_000,
    })
    expect(decideConversion(undefined, reported({ amountMicros: undefined }), 'ignore')).toMatchObject({
      amountMicros: 3_000_000,
    })
    expect(decideConversion(undefined, reported({ amountMicros: 0 }), 'ignore')).toMatchObject({
      amountMicros: 0,
    })
  })

  it('with a changed status updates under every policy, or is refused', () => {
    fc.assert(
      fc.property(statuses, statuses, policies, (from, to, policy) => {
        fc.pre(from !== to)
        const decision = decideConversion({ ...known, status: from }, reported({ status: to }), policy)
        expect(decision.kind).toBe(decideTransition(from, to).allowed ? 'update' : 'refuse')
      }),
    )
  })

  it('that is rejected keeps its amount, and has it back when the rejection is corrected', () => {
    const rejection = decideConversion(known, reported({ status: 'rejected', amountMicros: 0 }), 'update')
    expect(rejection).toEqual({ kind: 'update', status: 'rejected', amountMicros: 5_000_000 })
    const correction = decideConversion(
      { ...known, status: 'rejected' },
      reported({ amountMicros: undefined }),
      'ignore',
    )
    expect(correction).toEqual({ kind: 'update', status: 'approved', amountMicros: 5_000_000 })
  })

  it('repeated unchanged with the same txid is a duplicate under every policy', () => {
    fc.assert(
      fc.property(
        statuses,
        policies,
        fc.option(fc.constant(5_000_000), { nil: undefined }),
        (status, policy, micros) => {
          const existing = { ...known, status, txid: 'T' }
          const decision = decideConversion(
            existing,
            reported({ status, txid: 'T', amountMicros: micros }),
            policy,
          )
          expect(decision.kind).toBe('duplicate')
        },
      ),
    )
  })

  it.each([
    ['ignore', 'duplicate'],
    ['update', 'update'],
    ['add', 'add'],
    ['replace', 'replace'],
  ] as const)('repeated without txid and with another amount under %s is: %s', (policy, kind) => {
    const decision = decideConversion(known, reported({ amountMicros: 7_000_000 }), policy)
    expect(decision.kind).toBe(kind)
    if (kind !== 'duplicate') expect(decision).toMatchObject({ status: 'approved', amountMicros: 7_000_000 })
  })

  it('repeated under add is another sale without txid, but a retry or correction with the same one', () => {
    expect(decideConversion(known, reported(), 'add').kind).toBe('add')
    const withTxid = { ...known, txid: 'T' }
    expect(decideConversion(withTxid, reported({ txid: 'T' }), 'add').kind).toBe('duplicate')
    expect(decideConversion(withTxid, reported({ txid: 'T', amountMicros: 1 }), 'add').kind).toBe('update')
  })
})

describe('a negative amount', () => {
  const refund = reported({ amountMicros: -2_000_000, originalMicros: -2_000_000 })
  const refundOfT = { ...refund, txid: 'T' }
  const sale = { ...known, txid: 'T' }

  it.each([
    ['update', refundOfT, 'update', 3_000_000],
    ['replace', refundOfT, 'replace', 3_000_000],
    ['add', refundOfT, 'update', 3_000_000],
    ['add', { ...refund, txid: 'T-refund' }, 'add', -2_000_000],
  ] as const)('under %s takes back what it says', (policy, hit, kind, amountMicros) => {
    expect(decideConversion(sale, hit, policy)).toEqual({ kind, status: 'approved', amountMicros })
  })

  it('under ignore changes nothing', () => {
    expect(decideConversion(sale, refundOfT, 'ignore').kind).toBe('duplicate')
  })

  it('sent twice takes back once', () => {
    const corrected = { ...sale, amountMicros: 3_000_000, originalMicros: -2_000_000 }
    expect(decideConversion(corrected, refundOfT, 'update')).toMatchObject({ kind: 'duplicate' })
    const another = { ...refundOfT, amountMicros: -1_000_000, originalMicros: -1_000_000 }
    expect(decideConversion(corrected, another, 'update')).toMatchObject({ amountMicros: 2_000_000 })
  })

  it('may take back more than there was: the network charges a fee', () => {
    const chargeback = { ...refundOfT, amountMicros: -6_000_000, originalMicros: -6_000_000 }
    expect(decideConversion(sale, chargeback, 'update')).toMatchObject({ amountMicros: -1_000_000 })
  })

  it('of nothing known is recorded as it is', () => {
    const decision = decideConversion(undefined, refund, 'update')
    expect(decision).toEqual({ kind: 'record', status: 'approved', amountMicros: -2_000_000 })
  })

  it('with a word for a refund rejects the sale, and keeps its amount', () => {
    const worded = { ...refundOfT, status: 'rejected' as const }
    expect(decideConversion(sale, worded, 'ignore')).toEqual({
      kind: 'update',
      status: 'rejected',
      amountMicros: 5_000_000,
    })
  })

  it('never adds up beyond what an amount may be', () => {
    const deep = { ...sale, amountMicros: -1e15, originalMicros: -1 }
    expect(decideConversion(deep, refundOfT, 'update').kind).toBe('refuse')
  })
})

it('an event is known in any case, and every event where none is listed', () => {
  expect(matchEvent('DEPOSIT', ['sale', 'Deposit'])).toBe('Deposit')
  expect(matchEvent('other', ['sale'])).toBeUndefined()
  expect(matchEvent('other', [])).toBe('other')
})
