import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LedgerConversion, ledgerRowsForTransition, visitDimensions } from './conversion-ledger.ts'
import { CONVERSION_STATUSES, EVENT_COUNTS_DEFAULT } from './conversion-types.ts'
import type { LedgerRow } from './ledger-row.ts'
import { parseAmount } from './money.ts'

const visitRow: LedgerRow = {
  kind: 'visit',
  workspace: 'w1',
  at: 1_000,
  visit_at: 1_000,
  click_id: 'c1',
  campaign_id: 'k1',
  country: 'US',
  tokens: { zone: '7' },
  visits: 1,
  unique_visits: 1,
  clicks: 1,
  unique_clicks: 1,
  cost: '0.010000',
}
const visit = visitDimensions(visitRow)
const sale: LedgerConversion = {
  id: 'v1',
  event: 'sale',
  txid: 'T',
  status: 'approved',
  revenueMicros: 5_000_000,
  costMicros: 0,
  counts: EVENT_COUNTS_DEFAULT,
}

const states = fc.record({
  id: fc.constant('v1'),
  event: fc.constantFrom('lead', 'sale'),
  txid: fc.constantFrom('', 'T'),
  status: fc.constantFrom(...CONVERSION_STATUSES),
  revenueMicros: fc.integer({ min: -1e14, max: 1e14 }),
  costMicros: fc.integer({ min: -1e14, max: 1e14 }),
  counts: fc.record({ conversion: fc.boolean(), revenue: fc.boolean(), cost: fc.boolean() }),
  payoutMicros: fc.integer({ min: 0, max: 1e14 }),
})

function micros(decimal: string | undefined): number {
  const parsed = parseAmount(decimal ?? '0')
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.micros
}

describe('the ledger rows of a conversion', () => {
  it('sum up to its present state, whatever its history', () => {
    fc.assert(
      fc.property(fc.array(states, { minLength: 1, maxLength: 12 }), (history) => {
        const rows = history.flatMap((after, i) => ledgerRowsForTransition(history[i - 1], after, visit, i))
        const present = history.at(-1)
        const earning = present?.status === 'pending' || present?.status === 'approved'
        const counts = new Map<string, number>()
        for (const row of rows) {
          const of = `${row.kind}/${row.event}/${row.txid}/${row.status}`
          const measure = row.kind === 'event' ? row.events : row.conversions
          counts.set(of, (counts.get(of) ?? 0) + (measure ?? 0))
        }
        const counted = [...counts].filter(([, count]) => count !== 0)
        const kind = present?.counts.conversion === true ? 'conversion' : 'event'
        expect(counted).toEqual([[`${kind}/${present?.event}/${present?.txid}/${present?.status}`, 1]])
        const sum = (name: 'revenue' | 'payout' | 'cost') =>
          rows.reduce((total, row) => total + micros(row[name]), 0)
        if (present === undefined || !earning) {
          expect([sum('revenue'), sum('payout'), sum('cost')]).toEqual([0, 0, 0])
          return
        }
        const amount = present.revenueMicros
        expect(sum('revenue')).toBe(present.counts.revenue ? amount : 0)
        expect(sum('payout')).toBe(present.payoutMicros)
        expect(sum('cost')).toBe(present.costMicros + (present.counts.cost ? amount : 0))
      }),
    )
  })

  it('repeat the dimensions of the visit, and none of its counts or cost', () => {
    const [row, ...more] = ledgerRowsForTransition(undefined, sale, visit, 2_000)
    expect(more).toEqual([])
    expect(row).toEqual({
      kind: 'conversion',
      workspace: 'w1',
      at: 2_000,
      visit_at: 1_000,
      click_id: 'c1',
      campaign_id: 'k1',
      country: 'US',
      tokens: { zone: '7' },
      event: 'sale',
      status: 'approved',
      txid: 'T',
      conversion_id: 'v1',
      conversions: 1,
      revenue: '5.000000',
    })
  })

  it('of a chargeback are -1 approved with the revenue taken back, and +1 rejected', () => {
    const rows = ledgerRowsForTransition(sale, { ...sale, status: 'rejected' }, visit, 3_000)
    expect(rows.map(({ status, conversions, revenue }) => ({ status, conversions, revenue }))).toEqual([
      { status: 'approved', conversions: -1, revenue: '-5.000000' },
      { status: 'rejected', conversions: 1, revenue: undefined },
    ])
  })

  it('of a changed amount are one row of the difference, and of no change none', () => {
    const rows = ledgerRowsForTransition(sale, { ...sale, revenueMicros: 3_500_000 }, visit, 3_000)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ status: 'approved', revenue: '-1.500000' })
    expect(rows[0]).not.toHaveProperty('conversions')
    expect(ledgerRowsForTransition(sale, sale, visit, 3_000)).toEqual([])
  })

  it('of an event that is no conversion count as an event, and its amount as it is set', () => {
    const counts = { conversion: false, revenue: false, cost: true }
    const rows = ledgerRowsForTransition(undefined, { ...sale, counts, costMicros: 1 }, visit, 2_000)
    expect(rows).toMatchObject([{ kind: 'event', events: 1, cost: '5.000001' }])
    expect(rows[0]).not.toHaveProperty('conversions')
    expect(rows[0]).not.toHaveProperty('revenue')
  })

  it('of a rejected conversion give back what it cost', () => {
    const costly = { ...sale, costMicros: 750_000 }
    const rows = ledgerRowsForTransition(costly, { ...costly, status: 'trash' }, visit, 3_000)
    expect(rows.map(({ status, cost }) => [status, cost])).toEqual([
      ['approved', '-0.750000'],
      ['trash', undefined],
    ])
  })
})
