import { parse } from 'csv-parse/sync'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApiDeps } from '../../src/api/api-deps.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { REPORT_LIMITS, type ReportRequest } from '../../src/reports/report-request.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openPortal, PORTAL_NOW, SECRETS } from './portal-rig.ts'

describe.each(SQL_ENGINES)('conversions in the portal, on %s', (engine) => {
  const stores = useStores(engine)

  it('are the affiliate’s own, with its payout and its own values, and nothing of the network’s', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer({}, { name: 'Ringtones' })
    const { workspace } = rig
    const visit: LedgerRow = {
      kind: 'visit',
      workspace,
      at: PORTAL_NOW,
      visit_at: PORTAL_NOW,
      click_id: 'click-1',
      sub1: 'newsletter',
      sub10: 'ten',
      country: 'DE',
      ip: '203.0.113.9',
      tokens: { source: 'zone-7' },
    }
    const mine = { affiliateId: portal.affiliateId, offerId, visit, externalId: 'AFF-1' }
    const id = await rig.conversion(mine)
    await rig.conversion({ affiliateId: other.affiliateId, offerId })
    await rig.conversion({ affiliateId: '' })
    const answer = await portal.get('conversions')
    expect(answer.json().items).toEqual([
      {
        id,
        clickId: 'click-1',
        offerId,
        offerName: 'Ringtones',
        event: 'sale',
        status: 'approved',
        payout: '2',
        currency: 'USD',
        affClickId: 'AFF-1',
        source: 'zone-7',
        subs: { sub1: 'newsletter', sub10: 'ten' },
        country: 'DE',
        clickedAt: new Date(PORTAL_NOW).toISOString(),
        createdAt: new Date(PORTAL_NOW).toISOString(),
        updatedAt: new Date(PORTAL_NOW).toISOString(),
      },
    ])
    for (const secret of [...SECRETS, rig.advertiserId]) expect(answer.body).not.toContain(secret)
  })

  it('are filtered by status, event, offer, sub id, click id and time, and page through', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const { affiliateId } = portal
    const visitWith = (sub1: string): LedgerRow => ({
      kind: 'visit',
      workspace: rig.workspace,
      at: 0,
      visit_at: 0,
      click_id: 'c',
      sub1,
    })
    for (let n = 0; n < 3; n++) {
      await rig.conversion({
        affiliateId,
        id: `c${n}`,
        status: n === 0 ? 'rejected' : 'approved',
        event: n === 1 ? 'lead' : 'sale',
        offerId: `offer-${n}`,
        visit: visitWith(`it's ${n}`),
        externalId: `aff-${n}`,
        createdAt: PORTAL_NOW + n,
      })
    }
    const ids = async (query: Record<string, string>) => {
      const { items } = (await portal.get(`conversions?${new URLSearchParams(query).toString()}`)).json()
      return items.map(({ id }: { id: string }) => id)
    }
    expect(await ids({})).toEqual(['c2', 'c1', 'c0'])
    expect(await ids({ status: 'rejected' })).toEqual(['c0'])
    expect(await ids({ event: 'lead' })).toEqual(['c1'])
    expect(await ids({ offerId: 'offer-2' })).toEqual(['c2'])
    expect(await ids({ sub1: "it's 1" })).toEqual(['c1'])
    expect(await ids({ affClickId: 'aff-2' })).toEqual(['c2'])
    const from = new Date(PORTAL_NOW + 1).toISOString()
    const to = new Date(PORTAL_NOW + 2).toISOString()
    expect(await ids({ from, to })).toEqual(['c1'])
    const first = (await portal.get('conversions?limit=2')).json()
    expect(await ids({ limit: '2', cursor: first.nextCursor })).toEqual(['c0'])
    const rejected = (await portal.get('conversions?status=rejected')).json()
    expect(rejected.items[0].payout).toBe('0')
  })

  it('are a file with every page of them, narrowed as the list is, that tells nothing more', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer({}, { name: '=Ring, "tones"' })
    const count = 501 // one more than is read at once
    for (let n = 0; n < count; n++) {
      const of = { affiliateId: portal.affiliateId, offerId, id: `c${n}`, createdAt: PORTAL_NOW + n }
      await rig.conversion({ ...of, status: n === 0 ? 'rejected' : 'approved', externalId: `aff-${n}` })
    }
    await rig.conversion({ affiliateId: other.affiliateId, offerId, id: 'another’s' })
    const answer = await portal.get('conversions/export')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="conversions-2026-11-22.csv"',
      'cache-control': 'no-store',
    })
    const rows: Record<string, string>[] = parse(answer.body, { bom: true, columns: true })
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, n) => `c${count - 1 - n}`))
    expect(rows.at(-1)).toMatchObject({ status: 'rejected', payout: '0', aff_click_id: 'aff-0' })
    expect(rows[0]).toMatchObject({
      offer: `'=Ring, "tones"`,
      offer_id: offerId,
      payout: '2',
      currency: 'USD',
    })
    for (const secret of [...SECRETS, rig.advertiserId]) expect(answer.body).not.toContain(secret)
    const rejected = await portal.get('conversions/export?status=rejected')
    expect(parse(rejected.body, { bom: true, columns: true })).toHaveLength(1)
  })
})

describe('reports in the portal', () => {
  const stores = useStores('sqlite')
  let ledger: Ledger | undefined
  afterEach(async () => await ledger?.close())

  it('count the affiliate’s own alone, whatever it filters by, and money is its payout', async () => {
    const { dataDir } = await stores.options()
    const opened = await openLedger({ clickhouseUrl: '', dataDir })
    ledger = opened
    const deps: Pick<ApiDeps, 'runReport'> = {
      runReport: (request, signal) => runReport(opened, request, signal),
    }
    const rig = await openPortal(stores, { deps })
    const [portal, other] = [await rig.affiliate(), await rig.affiliate()]
    const offerId = await rig.offer({}, { name: 'Ringtones' })
    const times = { at: PORTAL_NOW, visit_at: PORTAL_NOW, click_id: '' }
    const row = (affiliateId: string): LedgerRow => ({
      kind: 'visit',
      workspace: rig.workspace,
      ...times,
      affiliate_id: affiliateId,
      offer_id: offerId,
      advertiser_id: rig.advertiserId,
      country: 'DE',
      tokens: { source: 'zone-7' },
      visits: 1,
      unique_visits: 1,
      clicks: 1,
    })
    const sold: LedgerRow = {
      ...row(portal.affiliateId),
      kind: 'conversion',
      visits: 0,
      unique_visits: 0,
      clicks: 0,
      conversions: 1,
      event: 'sale',
      status: 'approved',
      revenue: '987.654321',
      payout: '2',
    }
    const visits = [portal, portal, portal, other].map(({ affiliateId }) => row(affiliateId))
    await opened.insertRows([...visits, sold].map((each) => JSON.stringify(each)).join('\n'), 'batch-1')
    const metrics = ['visits', 'clicks', 'conversions', 'payout', 'cr', 'epc']
    const asked = { from: '2026-11-22', to: '2026-11-22', groupBy: ['offer', 'source'], metrics }
    const answer = await portal.post('reports', asked)
    const mine = { visits: 3, clicks: 3, conversions: 1, payout: '2', cr: 1 / 3, epc: '0.666667' }
    expect(answer.json()).toMatchObject({
      rows: [{ keys: { offer: offerId, source: 'zone-7' }, labels: { offer: 'Ringtones' }, metrics: mine }],
      totals: mine,
      currency: 'USD',
    })
    for (const secret of [...SECRETS, rig.advertiserId, other.affiliateId])
      expect(answer.body).not.toContain(secret)
    const wide = [{ dimension: 'offer', operator: 'is_not', values: ['x'] }]
    expect((await portal.post('reports', { ...asked, filters: wide })).json().totals).toEqual(mine)
    const file = await portal.post('reports/export', asked)
    expect(parse(file.body, { bom: true })).toEqual([
      ['offer', 'offer_id', 'source', ...metrics],
      ['Ringtones', offerId, 'zone-7', '3', '3', '1', '2', String(1 / 3), '0.666667'],
    ])
    expect(file.headers).toMatchObject({
      'content-disposition': 'attachment; filename="report-2026-11-22.csv"',
      'x-trailpost-left-out': '0',
    })
    const totals = await portal.post('reports/export', { ...asked, groupBy: [], metrics: ['payout'] })
    expect(parse(totals.body, { bom: true })).toEqual([['payout'], ['2']])
    const byEpc = await portal.post('reports', { ...asked, sort: { by: 'epc', direction: 'desc' } })
    expect(byEpc.json().totals).toEqual(mine)
  })

  it.each([
    [{ metrics: ['revenue'] }],
    [{ metrics: ['profit'] }],
    [{ metrics: ['cost'] }],
    [{ metrics: ['revenue:sale'] }],
    [{ groupBy: ['advertiser'] }],
    [{ groupBy: ['affiliate'] }],
    [{ groupBy: ['campaign'] }],
    [{ filters: [{ dimension: 'affiliate', operator: 'is', values: ['x'] }] }],
    [{ sort: { by: 'revenue', direction: 'asc' } }],
  ])('can not be asked for %j', async (changes) => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    for (const path of ['reports', 'reports/export']) {
      const answer = await portal.post(path, { from: '2026-11-22', to: '2026-11-22', ...changes })
      expect([path, answer.statusCode]).toEqual([path, 400])
    }
  })

  it('are a file of more rows than one answer has, and say how many it leaves out', async () => {
    const asked: ReportRequest[] = []
    const row = { keys: { sub1: 'a' }, metrics: { visits: 1 } }
    const runReport: ApiDeps['runReport'] = async (request) => {
      asked.push(request)
      return { rows: [row], totals: { visits: 9 }, groups: 9 }
    }
    const rig = await openPortal(stores, { deps: { runReport } })
    const portal = await rig.affiliate()
    const question = { from: '2026-11-22', to: '2026-11-22', groupBy: ['sub1'], metrics: ['visits'] }
    const file = await portal.post('reports/export', question)
    expect(asked).toMatchObject([{ limit: REPORT_LIMITS.rowsMax, offset: 0 }])
    expect(file.headers['x-trailpost-left-out']).toBe('8')
    expect(file.body).toContain('8 more groups are left out')
    expect((await portal.post('reports/export', { ...question, limit: 5 })).statusCode).toBe(400)
  })
})
