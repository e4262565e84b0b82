import { describe, expect, it } from 'vitest'
import { saveRates } from '../../src/store/currency-rates.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openReconciliationRig } from './reconciliation-rig.ts'

/** Four fifths of the sale from the advertiser, half of it to the affiliate. */
const SHARES = {
  terms: {
    revenue: { model: 'percent', percent: 80 },
    payout: { model: 'percent', percent: 50 },
  },
} as const

describe.each(SQL_ENGINES)("an advertiser's list beside ours on %s", (engine) => {
  const stores = useStores(engine)

  it('tells what both have, what differs, what is missing, what is unknown and what can not be read', async () => {
    const rig = await openReconciliationRig(stores)
    const [same, byClick, other, reversed, missing] = [
      await rig.convert({ txid: 'T1', status: 'pending' }),
      await rig.convert(),
      await rig.convert({ txid: 'T3' }),
      await rig.convert({ txid: 'T4' }),
      await rig.convert({ txid: 'T5' }),
    ]
    const { status, body } = await rig.compare(
      [
        'Order ID,Click ID,Amount,Status',
        'T1,,3.00,confirmed',
        `,${byClick.clickId},3,`,
        'T3,,4.5,approved',
        'T4,,0,refunded',
        'T9,,3,approved',
        'T1,,3,approved',
        'T8,,abc,approved',
        'T7,,3,whatever',
      ].join('\n'),
    )
    expect(status).toBe(201)
    expect(body.kinds).toEqual({
      found: { rows: 2, ours: '6', theirs: '6' },
      different: { rows: 2, ours: '6', theirs: '4.5' },
      missing: { rows: 1, ours: '3', theirs: '0' },
      unknown: { rows: 1, ours: '0', theirs: '3' },
      problem: { rows: 3, ours: '0', theirs: '0' },
    })
    const rows = await rig.rows(body.id)
    expect(rows.map(({ n, kind, conversionId, detail }) => [n, kind, conversionId, detail])).toEqual([
      [2, 'found', same.id, ''],
      [3, 'found', byClick.id, ''],
      [4, 'different', other.id, 'revenue: ours 3, theirs 4.5'],
      [5, 'different', reversed.id, 'status: ours approved, theirs rejected'],
      [6, 'unknown', '', ''],
      [7, 'problem', '', 'line 2 is of the same conversion'],
      [8, 'problem', '', 'amount "abc": not a number'],
      [9, 'problem', '', 'status "whatever" is not understood'],
      [10, 'missing', missing.id, ''],
    ])
  })

  it('changes nothing until it is applied, and then what was asked for alone, the way people do', async () => {
    const rig = await openReconciliationRig(stores, SHARES)
    const pending = await rig.convert({ txid: 'T1', payout: '10', status: 'pending' })
    const other = await rig.convert({ txid: 'T2', payout: '10' })
    const missing = await rig.convert({ txid: 'T3', payout: '10' })
    const { body } = await rig.compare('txid,amount\nT1,10\nT2,20\n', { amountIs: 'sale' })
    for (const { id } of [pending, other, missing]) expect((await rig.conversion(id)).history).toHaveLength(1)

    await rig.apply(body.id, { approveFound: true, applyDifferent: true })
    expect(await rig.conversion(pending.id)).toMatchObject({ status: 'approved', revenue: '8' })
    expect(await rig.conversion(other.id)).toMatchObject({ sale: '20', revenue: '16', payout: '10' })
    expect(await rig.conversion(missing.id)).toMatchObject({ status: 'approved' })
    const { history } = await rig.conversion(other.id)
    expect(history.at(-1)).toMatchObject({ reason: 'reconciliation "November"', fromPayout: '5' })

    const applied = await rig.apply(body.id, { rejectMissing: true })
    expect(await rig.conversion(missing.id)).toMatchObject({ status: 'rejected' })
    expect(applied.body).toMatchObject({
      state: 'applied',
      outcomes: { approved: 1, changed: 1, rejected: 1 },
    })
  })

  it('records what is unknown by its visit, or by affiliate and offer, and says why it can not', async () => {
    const rig = await openReconciliationRig(stores)
    const { world } = rig
    const [cid, elsewhere] = [world.visit(), world.visit({ advertiser_id: 'another' })]
    const { offerId: offer, affiliateId: affiliate } = world
    const { body } = await rig.compare(
      [
        'cid,txid,offer,affiliate,amount',
        `${cid},T1,,,2.5`,
        `,T2,${offer},${affiliate},`,
        `${elsewhere},T3,,,`,
        `,T4,foreign,${affiliate},`,
        ',T5,,,',
      ].join('\n'),
    )
    await rig.apply(body.id, { recordUnknown: true })
    const { body: list } = await rig.send('GET', `/conversions?advertiserId=${world.advertiserId}`)
    const shown = list.items.map((one: Record<string, string>) => [one.txid, one.revenue, one.payout])
    expect(shown.sort()).toEqual([
      ['T1', '2.5', '2'],
      ['T2', '3', '2'],
    ])
    expect((await rig.rows(body.id)).map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['recorded', ''],
      ['recorded', ''],
      ['unmatched', 'the visit of that click id went to another advertiser'],
      ['unmatched', 'the advertiser has no offer of that id'],
      ['unmatched', 'without a click id it needs affiliate and offer'],
    ])
  })

  it('that is interrupted before its progress is written counts nothing twice', async () => {
    const rig = await openReconciliationRig(stores)
    const found = await rig.convert({ txid: 'T1', status: 'pending' })
    const other = await rig.convert({ txid: 'T2' })
    const { body } = await rig.compare(`txid,cid,amount\nT1,,3\nT2,,2.5\nT3,${rig.world.visit()},3\n`)
    const wishes = { approveFound: true, applyDifferent: true, recordUnknown: true }
    const { body: job } = await rig.send('POST', `/reconciliations/${body.id}/apply`, wishes)
    // All that it did is done again: as if it had died before it wrote down what became of the rows.
    await expect(rig.interruptedJob(job.id)).rejects.toThrow('killed')
    await rig.api.store.db.updateTable('reconciliation_rows').set({ outcome: '' }).execute()
    await rig.finishJob(job.id)
    for (const { id } of [found, other]) expect((await rig.conversion(id)).history).toHaveLength(2)
    const { body: list } = await rig.send('GET', '/conversions')
    expect(list.items).toHaveLength(3)
  })

  it('finds the same amount in a weak currency the same, by the exact rate of the conversion', async () => {
    const price = { model: 'percent', percent: 10 } as const
    const rig = await openReconciliationRig(stores, { terms: { revenue: price } })
    await saveRates(rig.api.store.db, { IDR: 16_350_000_000 }, 1)
    await rig.convert({ txid: 'T1', payout: '1000000', currency: 'IDR' })
    await rig.convert({ txid: 'T2', payout: '1000000', currency: 'IDR' })
    const list = 'txid,amount,currency\nT1,1000000,IDR\nT2,500000,IDR\n'
    const { body } = await rig.compare(list, { amountIs: 'sale' })
    expect((await rig.rows(body.id)).map(({ kind, detail }) => [kind, detail])).toEqual([
      ['found', ''],
      ['different', 'sale: ours 61.16208, theirs 30.58104'],
    ])
    const revenue = await rig.compare('txid,amount,currency\nT1,100000,IDR\n', { amountIs: 'revenue' })
    expect((await rig.rows(revenue.body.id))[0]).toMatchObject({ kind: 'found', detail: '' })
  })

  it('keeps a payout above the revenue out, unless that is meant', async () => {
    const rig = await openReconciliationRig(stores)
    const { id } = await rig.convert({ txid: 'T1' })
    const { body } = await rig.compare('txid,amount\nT1,1\n')
    const { body: first } = await rig.apply(body.id, { applyDifferent: true })
    expect(first.outcomes).toEqual({ refused: 1 })
    expect((await rig.rows(body.id))[0]?.detail).toContain('paid more than the advertiser pays')
    const { body: again } = await rig.compare('txid,amount\nT1,1\n')
    await rig.apply(again.id, { applyDifferent: true, confirmPayoutAboveRevenue: true })
    expect(await rig.conversion(id)).toMatchObject({ revenue: '1', payout: '2' })
  })

  it('does not miss a conversion whose line has a problem', async () => {
    const rig = await openReconciliationRig(stores)
    await rig.convert({ txid: 'T1' })
    await rig.convert({ txid: 'T2' })
    await rig.convert({ txid: 'T2' })
    const { body } = await rig.compare('txid,amount\nT1,one\nT2,3\n')
    expect(body.kinds).toMatchObject({ problem: { rows: 2 }, missing: { rows: 0 } })
  })

  it('matches many lines in batches, and pages through them', async () => {
    const rig = await openReconciliationRig(stores)
    const hits = Array.from({ length: 300 }, (_, index) =>
      rig.world.hit({ cid: rig.world.visit(), txid: `T${index}` }),
    )
    await rig.world.judge.judge(hits)
    const lines = hits.slice(0, 290).map((_, index) => `T${index},3`)
    const { body } = await rig.compare(`txid,amount\n${lines.join('\n')}\n`)
    expect(body.kinds).toMatchObject({ found: { rows: 290 }, missing: { rows: 10, ours: '30' } })
    const { body: page } = await rig.send('GET', `/reconciliations/${body.id}/rows?kind=missing&limit=4`)
    expect(page.items.map(({ n }: { n: number }) => n)).toEqual([292, 293, 294, 295])
    expect(page.nextAfter).toBe(295)
  })

  it.each([
    ['Name,Sum\nAda,3\n', {}, 'no column of the first line is a click id or a transaction id'],
    ['a,b\n1,2\n', { columns: { txid: 'c' } }, 'no column of the first line is named "c"'],
    ['txid,amount\n', {}, 'the file has no rows below its headings'],
    ['txid\nT1\n', { to: '2026-11-01T00:00:00Z' }, 'must be after from'],
    ['txid\nT1\n', { advertiserId: 'nobody' }, 'is no advertiser of this workspace'],
  ])('refuses %j with %j', async (csv, changes, reason) => {
    const rig = await openReconciliationRig(stores)
    const { status, body } = await rig.compare(csv, changes)
    expect([status >= 400 && status < 500, body.detail]).toEqual([true, expect.stringContaining(reason)])
    expect((await rig.send('GET', '/reconciliations')).body.items).toEqual([])
    expect(await rig.api.store.db.selectFrom('reconciliation_rows').select('n').execute()).toEqual([])
  })

  it('reads a column by the heading that was chosen for it', async () => {
    const rig = await openReconciliationRig(stores)
    const { id } = await rig.convert({ txid: 'T1' })
    const columns = { txid: 'Their number', amount: 'Net' }
    const { body } = await rig.compare('Order ID;Their number;Net\nX;T1;"3,00"\n', { columns })
    expect((await rig.rows(body.id))[0]).toMatchObject({ kind: 'found', conversionId: id })
  })
})
