import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { DIMENSION_NAMES } from '../../src/reports/dimensions.ts'
import { METRIC_NAMES } from '../../src/reports/metrics.ts'
import type { ReportFilter, ReportRequest } from '../../src/reports/report-request.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { loadVisitRows } from '../../src/reports/visit-rows.ts'
import { visitRow } from '../support/ledger-world.ts'

const MINUTE_MS = 60_000
const dir = mkdtempSync(join(tmpdir(), 'trailpost-reports-'))
let ledger: Ledger

beforeAll(async () => {
  ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
})
afterAll(async () => {
  await ledger.close()
  rmSync(dir, { recursive: true, force: true })
})

async function insert(rows: readonly LedgerRow[]): Promise<void> {
  await ledger.insertRows(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), crypto.randomUUID())
}

function requestOf(workspace: string, changes: Partial<ReportRequest> = {}): ReportRequest {
  return {
    workspace,
    from: '2026-01-01',
    to: '2026-12-31',
    timeZone: 'UTC',
    dateBasis: 'conversion',
    groupBy: [],
    metrics: ['visits'],
    filters: [],
    ...changes,
  }
}

async function report(workspace: string, changes: Partial<ReportRequest>) {
  return await runReport(ledger, requestOf(workspace, changes))
}

describe('days and hours', () => {
  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'Asia/Kolkata',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ]
  /** Around both changes of the clock of 2026 in Berlin and Havana, one row each 20 minutes. */
  const TIMES = ['2026-03-07', '2026-03-28', '2026-10-24', '2026-10-31'].flatMap((day) =>
    Array.from({ length: 3 * 72 }, (_, i) => Date.parse(day) + i * 20 * MINUTE_MS + 59_999),
  )

  beforeAll(async () => await insert(TIMES.map((at) => visitRow({ workspace: 'zones', at }))))

  it.each(ZONES)('are those of the zone %s, through its changes of the clock', async (timeZone) => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
    const days = Map.groupBy(TIMES, (at) => format.format(at))
    const sort = { by: 'day', direction: 'asc' } as const
    const { rows } = await report('zones', { timeZone, groupBy: ['day'], sort })
    expect(rows.map(({ keys, metrics }) => [keys.day, metrics.visits])).toEqual(
      [...days.keys()].sort().map((day) => [day, days.get(day)?.length]),
    )
    for (const [day, times] of days) {
      const { totals } = await report('zones', { timeZone, from: day, to: day })
      expect([day, totals.visits]).toEqual([day, times.length])
    }
  })

  it('tells the hour that a change of the clock repeats from the first one', async () => {
    const changes = { from: '2026-10-25', to: '2026-10-25', timeZone: 'Europe/Berlin', groupBy: ['hour'] }
    const { rows } = await report('zones', { ...changes, sort: { by: 'hour', direction: 'asc' } })
    expect(rows).toHaveLength(25)
    expect(rows.slice(1, 5).map(({ keys }) => keys.hour)).toEqual([
      '2026-10-25T01:00+0200',
      '2026-10-25T02:00+0200',
      '2026-10-25T02:00+0100',
      '2026-10-25T03:00+0100',
    ])
  })

  it('weeks begin on Monday, months and weekdays are the calendar’s', async () => {
    const changes = {
      from: '2026-11-01',
      to: '2026-11-01',
      groupBy: ['week', 'month', 'weekday', 'hour_of_day'],
    }
    const { rows } = await report('zones', { ...changes, sort: { by: 'hour_of_day', direction: 'desc' } })
    expect(rows[0]?.keys).toEqual({ week: '2026-10-26', month: '2026-11', weekday: '7', hour_of_day: '23' })
  })
})

describe('metrics', () => {
  const conversion = (status: string, n: number, revenue: string, event = 'sale') =>
    visitRow({
      workspace: 'money',
      kind: 'conversion',
      visits: 0,
      conversions: n,
      status,
      event,
      revenue,
      at: AT,
    })
  const AT = Date.parse('2026-05-05T12:00:00Z')
  const EVENT = { workspace: 'money', kind: 'event', at: AT, visits: 0 } as const

  it('are exact to the last place, corrections included', async () => {
    await insert([
      ...Array.from({ length: 3 }, () =>
        visitRow({ workspace: 'money', at: AT, cost: '0.100001', clicks: 1 }),
      ),
      visitRow({ workspace: 'money', at: AT, bot: 'head', visits: 0, bot_visits: 1 }),
      visitRow({ workspace: 'money', kind: 'impression', at: AT, visits: 0, impressions: 5 }),
      conversion('approved', 1, '123456789.000001'),
      conversion('pending', 1, '0.1', 'lead'),
      conversion('pending', 1, '0.2', 'lead'),
      // A sale that is rejected later: counted, and taken back.
      conversion('approved', 1, '10'),
      conversion('approved', -1, '-10'),
      conversion('rejected', 1, '0'),
      // An event that does not count as a conversion, and numbers of a visit, one of them corrected.
      visitRow({ ...EVENT, status: 'approved', event: 'tour', events: 1 }),
      visitRow({ ...EVENT, numbers: { event1: '2.5', event2: '0.000001' } }),
      visitRow({ ...EVENT, numbers: { event1: '-1' } }),
    ])
    const params = [
      'conversions:sale',
      'conversions:lead',
      'conversions:none',
      'conversions:tour',
      'events:tour',
    ]
    const metrics = [
      ...METRIC_NAMES,
      ...params,
      'events:sale',
      'revenue:lead',
      'number:event1',
      'number:event2',
      'number:x',
    ]
    const { totals, rows } = await report('money', { metrics, groupBy: ['event', 'status'] })
    expect(totals).toEqual({
      visits: 3,
      unique_visits: 0,
      workspace_unique_visits: 0,
      bot_visits: 1,
      impressions: 5,
      lander_views: 0,
      clicks: 3,
      unique_clicks: 0,
      conversions: 3,
      conversions_pending: 2,
      conversions_approved: 1,
      conversions_rejected: 1,
      conversions_trash: 0,
      events: 1,
      revenue: '123456789.300001',
      payout: '0',
      cost: '0.300003',
      profit: '123456788.999998',
      roi: expect.closeTo(411_518_514.7, 0),
      ctr: 1,
      lander_ctr: null,
      cr: 1,
      cv: 1,
      payout_epc: '0',
      epc: '41152263.1',
      epv: '41152263.1',
      cpa: '0.100001',
      cpv: '0.100001',
      cpc: '0.100001',
      ap: '41152263.1',
      'conversions:sale': 1,
      'conversions:lead': 2,
      'conversions:none': 0,
      'conversions:tour': 0,
      'events:tour': 1,
      'events:sale': 1,
      'revenue:lead': '0.3',
      'number:event1': '1.5',
      'number:event2': '0.000001',
      'number:x': '0',
    })
    expect(rows.reduce((sum, { metrics: { revenue } }) => sum + Number(revenue), 0)).toBeCloseTo(
      123_456_789.3,
    )
  })

  it('are null where the divisor is zero', async () => {
    const ratios = ['roi', 'ctr', 'lander_ctr', 'cr', 'cv', 'epc', 'epv', 'cpa', 'cpv', 'cpc', 'ap']
    const { totals } = await report('nobody', { metrics: ratios })
    expect(totals).toEqual(Object.fromEntries(ratios.map((name) => [name, null])))
  })

  it('count a conversion by its own date or by that of its visit', async () => {
    const visit_at = Date.parse('2026-06-30T23:59:00Z')
    const at = Date.parse('2026-07-01T00:01:00Z')
    const row = { kind: 'conversion', visits: 0, conversions: 1, status: 'approved' } as const
    await insert([visitRow({ ...row, workspace: 'basis', at, visit_at })])
    const days = async (dateBasis: 'click' | 'conversion') => {
      const changes = { metrics: ['conversions'], groupBy: ['day'], dateBasis }
      return (await report('basis', changes)).rows.map(({ keys }) => keys.day)
    }
    expect(await days('conversion')).toEqual(['2026-07-01'])
    expect(await days('click')).toEqual(['2026-06-30'])
    const june = { from: '2026-06-01', to: '2026-06-30', metrics: ['conversions'] }
    expect((await report('basis', { ...june, dateBasis: 'click' })).totals).toEqual({ conversions: 1 })
    expect((await report('basis', { ...june, dateBasis: 'conversion' })).totals).toEqual({ conversions: 0 })
  })
})

describe('groups', () => {
  const AT = Date.parse('2026-02-02T10:00:00Z')
  const rows = Array.from({ length: 600 }, (_, i) =>
    visitRow({
      workspace: 'groups',
      at: AT + i * MINUTE_MS,
      campaign_id: `c${i % 7}`,
      country: ['DE', 'US', ''][i % 3] ?? '',
      sub1: `Zone ${i % 11}`,
      tokens: i % 2 === 0 ? { zone: `t${i % 5}` } : {},
      cost: `0.${(i % 10) + 1}`,
    }),
  )

  beforeAll(async () => {
    await insert(rows)
    await insert([visitRow({ workspace: 'others', at: AT, campaign_id: 'c1' })])
  })

  /** The same by counting. */
  function counted(keyOf: (row: LedgerRow) => string): Record<string, number> {
    return Object.fromEntries([...Map.groupBy(rows, keyOf)].map(([key, group]) => [key, group.length]))
  }

  async function reported(changes: Partial<ReportRequest>): Promise<Record<string, number>> {
    const { rows: groups } = await report('groups', { limit: 10_000, ...changes })
    return Object.fromEntries(
      groups.map(({ keys, metrics }) => [Object.values(keys).join('|'), Number(metrics.visits)]),
    )
  }

  it('have the rows of the workspace that belong to them and no others', async () => {
    expect(await reported({ groupBy: ['campaign'] })).toEqual(counted((row) => row.campaign_id ?? ''))
    expect(await reported({ groupBy: ['sub1', 'campaign', 'country', 'token:zone'] })).toEqual(
      counted((row) => [row.sub1, row.campaign_id, row.country, row.tokens?.zone ?? ''].join('|')),
    )
    expect(await reported({ groupBy: ['hour_of_day', 'country'] })).toEqual(
      counted((row) => `${new Date(row.at).getUTCHours()}|${row.country}`),
    )
  })

  it('come page by page, each once, with the totals of all', async () => {
    const groupBy = ['sub1', 'campaign', 'country']
    const seen = new Set<string>()
    for (let offset = 0; offset < 231; offset += 50) {
      const page = await report('groups', {
        groupBy,
        limit: 50,
        offset,
        sort: { by: 'campaign', direction: 'desc' },
      })
      expect(page).toMatchObject({ groups: 231, totals: { visits: 600 } })
      for (const { keys } of page.rows) seen.add(JSON.stringify(keys))
    }
    expect(seen.size).toBe(231)
    const behind = await report('groups', { groupBy, limit: 50, offset: 300 })
    expect(behind).toEqual({ rows: [], totals: { visits: 600 }, groups: 231 })
  })

  it('are none when nothing matches, and the totals zero', async () => {
    const nothing = await report('groups', {
      from: '2026-03-03',
      groupBy: ['campaign', 'day'],
      metrics: ['visits', 'epc'],
    })
    expect(nothing).toEqual({ rows: [], totals: { visits: 0, epc: null }, groups: 0 })
  })

  it('come in the order of any metric, as amounts and not as text', async () => {
    await insert(
      ['9', '10', '-1'].map((revenue) => visitRow({ workspace: 'order', at: AT, sub1: revenue, revenue })),
    )
    const order = async (by: string, direction: 'asc' | 'desc') => {
      const { rows: groups } = await report('order', { groupBy: ['sub1'], sort: { by, direction } })
      return groups.map(({ keys }) => keys.sub1)
    }
    expect(await order('revenue', 'desc')).toEqual(['10', '9', '-1'])
    expect(await order('epv', 'asc')).toEqual(['-1', '9', '10'])
    expect(await order('sub1', 'asc')).toEqual(['-1', '10', '9'])
  })

  it.each<[ReportFilter, (row: LedgerRow) => boolean]>([
    [{ dimension: 'country', operator: 'is', values: ['DE'] }, (row) => row.country === 'DE'],
    [{ dimension: 'country', operator: 'is', values: [''] }, (row) => row.country === ''],
    [
      { dimension: 'campaign', operator: 'is_not', values: ['c1', 'c2'] },
      (row) => !/^c[12]$/.test(row.campaign_id ?? ''),
    ],
    [{ dimension: 'campaign', operator: 'in', values: ['c1', "c2'"] }, (row) => row.campaign_id === 'c1'],
    [
      { dimension: 'sub1', operator: 'contains', values: ['zone 1', '%'] },
      (row) => /zone 1/i.test(row.sub1 ?? ''),
    ],
    [{ dimension: 'sub1', operator: 'starts', values: ['Zone 2'] }, (row) => row.sub1 === 'Zone 2'],
    [{ dimension: 'token:zone', operator: 'is', values: ['t4'] }, (row) => row.tokens?.zone === 't4'],
    [
      { dimension: 'hour_of_day', operator: 'is', values: ['11'] },
      (row) => new Date(row.at).getUTCHours() === 11,
    ],
    [
      { dimension: 'day', operator: 'starts', values: ['2026-02-02'] },
      (row) => new Date(row.at).getUTCDate() === 2,
    ],
  ])('are of what the filter %j lets pass', async (filter, passes) => {
    const { totals } = await report('groups', { filters: [filter], groupBy: ['country', 'day'] })
    expect(totals).toEqual({ visits: rows.filter(passes).length })
  })

  it('can be made by every dimension', async () => {
    for (const name of [...DIMENSION_NAMES, "token:it's \\ odd"]) {
      const { totals } = await report('groups', { groupBy: [name, 'token:zone'], dateBasis: 'click' })
      expect([name, totals.visits]).toEqual([name, 600])
    }
  })
})

describe('the rows of one visit', () => {
  it('come in the order in which they happened, of the workspace alone', async () => {
    const visit = visitRow({ workspace: 'story', at: Date.parse('2026-04-30T23:59:59.999Z'), cost: '0.01' })
    const { click_id, at } = visit
    const click = visitRow({ workspace: 'story', kind: 'click', click_id, at: at + 1, visit_at: at })
    const sale = visitRow({
      workspace: 'story',
      kind: 'conversion',
      click_id,
      at: at + 90 * 86_400_000,
      visit_at: at,
    })
    await insert([sale, { ...visit, workspace: 'other story' }])
    await insert([click, visit, visitRow({ workspace: 'story', at })])
    expect(await loadVisitRows(ledger, 'story', click_id)).toEqual([visit, click, sale])
    expect(await loadVisitRows(ledger, 'nobody', click_id)).toEqual([])
  })
})
