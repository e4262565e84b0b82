import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RecentHits } from '../../src/alerts/count-recent-hits.ts'
import { hoursToCompare } from '../../src/alerts/recent-hours.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { createAffiliateNetwork } from '../../src/store/affiliate-networks.ts'
import { openAlert } from '../../src/store/alerts.ts'
import { createCampaign } from '../../src/store/campaigns.ts'
import { createOffer } from '../../src/store/offers.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import { PLAIN_CAMPAIGN, PLAIN_NETWORK, PLAIN_OFFER, PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { visitRow } from '../support/ledger-world.ts'
import { HOUR_MS, MINUTE_MS, openAlertRig, START } from './alerts-rig.ts'

const DAY_MS = 24 * HOUR_MS
const dir = mkdtempSync(join(tmpdir(), 'trailpost-alerts-'))
let ledger: Ledger

beforeAll(async () => {
  ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
})
afterAll(async () => {
  await ledger.close()
  rmSync(dir, { recursive: true, force: true })
})

describe('the hours that are compared', () => {
  it('are the last full ones of the zone, and the same hours of two fortnights before their first day', () => {
    // 01:20 in Berlin.
    const compared = hoursToCompare(Date.parse('2026-11-20T00:20:00Z'), 'Europe/Berlin', 3)
    expect(compared).toEqual({
      until: Date.parse('2026-11-20T00:00:00Z'),
      recent: [
        { from: '2026-11-19', to: '2026-11-19', hours: [22, 23] },
        { from: '2026-11-20', to: '2026-11-20', hours: [0] },
      ],
      usual: [
        { from: '2026-10-22', to: '2026-11-04', hours: [22, 23, 0] },
        { from: '2026-11-05', to: '2026-11-18', hours: [22, 23, 0] },
      ],
    })
    expect(hoursToCompare(START, 'UTC', 24).usual[1].hours).toHaveLength(24)
  })
})

describe.each(SQL_ENGINES)('the rules of alerts on %s', (engine) => {
  const stores = useStores(engine)
  const open = async () => await openAlertRig(await stores.open())

  it('tell of a delivery that nothing holds back and that waits, and of none that something does', async () => {
    const rig = await open()
    const well = await rig.target()
    const paused = await rig.target({ status: 'paused' })
    const failing = await rig.target()
    await rig.fail(failing)
    const old = { workspace: rig.workspace, due_at: START - HOUR_MS }
    const late = { ...old, due_at: START - 11 * MINUTE_MS }
    await enqueueCalls(rig.store, [
      { ...old, id: 'paused', target_id: paused, url: 'https://a.example/' },
      { ...old, id: 'failing', target_id: failing, url: 'https://b.example/' },
      // The breaker of its host holds it, of which the failing target's alert tells.
      { ...old, id: 'same host', target_id: well, url: 'https://b.example/' },
      // It waits for the earlier news of its conversion, which is tried again later.
      {
        ...old,
        id: 'earlier',
        conversion_id: 'c',
        transition: 1,
        target_id: well,
        due_at: START + HOUR_MS,
        url: 'https://c.example/',
      },
      { ...old, id: 'later', conversion_id: 'c', transition: 2, target_id: well, url: 'https://c.example/' },
    ])
    await rig.look()
    expect(await rig.alerts()).toEqual([])
    await enqueueCalls(rig.store, [{ ...late, id: 'late', target_id: well, url: 'https://c.example/' }])
    await rig.look()
    const [alert] = await rig.alerts()
    expect(alert).toMatchObject({ kind: 'delivery_lag', subjectId: '', title: 'Notifications are sent late' })
    expect(alert?.detail.text).toContain('has waited for 11 minutes, to c.example')
  })

  it('tell every workspace with a channel that reports are behind', async () => {
    const rig = await open()
    rig.time.journalLagMs = 90_000
    await rig.look()
    expect(await rig.alerts()).toEqual([])
    const channel = await rig.channel()
    await rig.after(MINUTE_MS)
    expect(await rig.told(channel)).toEqual(['alert.opened Reports are behind'])
  })

  it('tell of the caps of an offer that are used up, until their period ends', async () => {
    const rig = await open()
    const { db } = rig.store
    const caps = { daily: 10, monthly: 500, total: null, timeZone: 'UTC' }
    const offer = await createOffer(db, rig.workspace, { ...PLAIN_OFFER, name: 'Ringtones', caps }, START)
    const counter = { key: `offer:${offer.id}`, period: '2026-11-20' }
    await db
      .insertInto('cap_counters')
      .values({ ...counter, count: 9 })
      .execute()
    await rig.look()
    expect(await rig.alerts()).toEqual([])
    await db.updateTable('cap_counters').set({ count: 10 }).where('key', '=', counter.key).execute()
    await rig.after(MINUTE_MS)
    expect(await rig.alerts()).toMatchObject([
      { kind: 'cap_reached', subjectId: offer.id, title: 'The cap of Ringtones is reached', state: 'open' },
    ])
    expect((await rig.alerts())[0]?.detail.text).toContain('daily cap is used up: 10 of 10 conversions')
    rig.time.now = START + 12 * HOUR_MS
    await rig.look()
    expect(await rig.alerts()).toMatchObject([{ state: 'resolved' }])
  })

  it('tell of a sender whose hits find no visit more than in its last two weeks', async () => {
    const rig = await open()
    const network = { ...PLAIN_NETWORK, name: 'PeerFly' }
    const broken = await createAffiliateNetwork(rig.store.db, rig.workspace, network, START)
    const sloppy = await createAffiliateNetwork(
      rig.store.db,
      rig.workspace,
      { ...network, name: 'Sloppy' },
      START,
    )
    for (let day = 1; day < 10; day++) {
      await addHits(rig, broken.id, { at: START - day * DAY_MS, hits: 100, unmatched: 1 })
      await addHits(rig, sloppy.id, { at: START - day * DAY_MS, hits: 100, unmatched: 40 })
    }
    await addHits(rig, broken.id, { at: START - 30 * MINUTE_MS, hits: 40, unmatched: 30 })
    await addHits(rig, sloppy.id, { at: START - 30 * MINUTE_MS, hits: 40, unmatched: 16 })
    // The weeks are counted a day each round.
    for (let round = 0; round < 15; round++) await rig.look()
    const alerts = await rig.alerts()
    expect(alerts.map(({ title }) => title)).toEqual(['Hits of PeerFly find no visit'])
    expect(alerts[0]?.detail.text).toContain('30 of 40 hits of the last hour name no visit: 75.00 %')
    expect(alerts[0]?.detail.text).toContain('Usually it is 1.00 %')
    expect(rig.errors).toEqual([])
  })

  it('look at a few minutes of the last hour’s hits each minute, and see what is matched later', async () => {
    const rig = await open()
    const network = (await createAffiliateNetwork(rig.store.db, rig.workspace, PLAIN_NETWORK, START)).id
    for (let minute = 1; minute <= 60; minute++) {
      await addHits(rig, network, { at: START - minute * MINUTE_MS, hits: 10, unmatched: 1 })
    }
    const counted: number[] = []
    const db = rig.store.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        counted.push(result.rows.reduce((sum, { hits }) => sum + Number(hits), 0))
        return result
      },
    })
    const recent = new RecentHits()
    const look = async (now: number) => {
      counted.length = 0
      const [of] = await recent.count(db, rig.workspace, now)
      return { ...of, looked: counted.reduce((sum, n) => sum + n, 0), most: Math.max(...counted) }
    }
    const hour = { senderId: network, hits: 600, unmatched: 60 }
    expect(await look(START)).toEqual({ ...hour, looked: 600, most: 10 })
    await rig.store.db.updateTable('hits').set({ outcome: 'recorded' }).execute()
    const next = await look(START + 30_000)
    expect(next).toMatchObject({ hits: 600 })
    expect(next.looked).toBeLessThan(100)
    let last = next
    for (let minute = 1; minute < 16; minute++) {
      last = await look(START + minute * MINUTE_MS)
      expect(last.looked).toBeLessThan(100)
    }
    expect(last).toMatchObject({ hits: 450 })
    expect(last.unmatched).toBeLessThan(20)
    // After a start, whatever was known is counted anew.
    const anew = await new RecentHits().count(rig.store.db, rig.workspace, START)
    expect(anew).toEqual([{ ...hour, unmatched: 0 }])
  })

  it('tell of a campaign that stops to convert in these hours, and of no quiet, new or steady one', async () => {
    const rig = await open()
    const look = rig.newLook('with a ledger', ledger)
    const name = async (slug: string) =>
      (await createCampaign(rig.store.db, rig.workspace, { ...PLAIN_CAMPAIGN, slug, name: slug }, START)).id
    const of = rig.workspace
    const [stopped, steady, quiet, young] = [
      await name(`stopped-${of}`),
      await name(`steady-${of}`),
      await name(`quiet-${of}`),
      await name(`young-${of}`),
    ]
    const rows: LedgerRow[] = []
    const traffic = (campaign: string, at: number, visits: number, sales: number) => {
      const common = { workspace: of, campaign_id: campaign, at }
      rows.push(visitRow({ ...common, visits }))
      if (sales === 0) return
      const sale = { kind: 'conversion', visits: 0, status: 'approved', event: 'sale' } as const
      rows.push(visitRow({ ...common, ...sale, conversions: sales }))
    }
    for (let day = 1; day <= 28; day++) {
      for (const hour of [9.5, 10.5, 11.5]) {
        const at = START - day * DAY_MS - 12 * HOUR_MS + hour * HOUR_MS
        traffic(stopped, at, 100, 5)
        traffic(steady, at, 100, 5)
        traffic(quiet, at, 2, day % 9 === 0 ? 1 : 0)
        if (day <= 10) traffic(young, at, 100, 5)
      }
    }
    for (const hoursAgo of [0.5, 1.5, 2.5]) {
      const at = START - hoursAgo * HOUR_MS
      traffic(stopped, at, 100, 0)
      traffic(steady, at, 100, 4)
      traffic(quiet, at, 2, 0)
      traffic(young, at, 100, 0)
    }
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    await ledger.insertRows(lines, crypto.randomUUID())
    // The last hour counts as full some minutes after its end.
    rig.time.now = START + 6 * MINUTE_MS
    await look()
    const alerts = await rig.alerts()
    expect(rig.errors).toEqual([])
    expect(alerts.map(({ subjectId, title }) => [subjectId, title])).toEqual([
      [stopped, `stopped-${of} converts far less than usual`],
    ])
    expect(alerts[0]?.detail.text).toContain('0 conversions of 300 visits in the last 3 full hours')
    expect(alerts[0]?.detail.text).toContain('there were about 15 to come')
  })

  it('keep what they found of campaigns while the ledger is away', async () => {
    const rig = await open()
    await rig.fail(await rig.target(), START - HOUR_MS)
    const away = rig.newLook('without a ledger', {
      query: async () => {
        throw new Error('away')
      },
    })
    await away()
    expect(rig.errors).toHaveLength(1)
    expect(await rig.alerts()).toMatchObject([{ kind: 'target_failing' }])
  })
})

describe('the rule of conversions', () => {
  const stores = useStores('sqlite')

  it('asks the ledger for every workspace, also when the reports of one fail, and changes nothing of that one', async () => {
    const rig = await openAlertRig(await stores.open())
    const { db } = rig.store
    const finding = {
      kind: 'conversion_rate',
      subjectId: 'c',
      title: 'C converts far less than usual',
    } as const
    await openAlert(db, rig.workspace, { ...finding, detail: { text: '', path: '/' } }, START)
    const other = await createWorkspace(db, { ...PLAIN_WORKSPACE, name: 'Bob' }, START + 1)
    const asked = new Set<string>()
    const look = rig.newLook('one of two fails', {
      query: async <T>(...question: readonly unknown[]) => {
        const text = JSON.stringify(question)
        if (text.includes(rig.workspace)) throw new Error('too slow')
        if (text.includes(other.id)) asked.add(other.id)
        return [] as T[]
      },
    })
    await rig.after(15 * MINUTE_MS, look)
    expect([...asked]).toEqual([other.id])
    expect(rig.errors.length).toBeGreaterThan(0)
    expect(await rig.alerts()).toMatchObject([{ state: 'open', clearedAt: null }])
  })
})

async function addHits(
  { store, workspace }: Awaited<ReturnType<typeof openAlertRig>>,
  networkId: string,
  of: { readonly at: number; readonly hits: number; readonly unmatched: number },
): Promise<void> {
  const rows = Array.from({ length: of.hits }, (_, i) => ({
    id: crypto.randomUUID(),
    workspace,
    kind: 'postback' as const,
    received_at: of.at,
    judged_at: of.at,
    outcome: i < of.unmatched ? ('unmatched' as const) : ('recorded' as const),
    reason: '',
    attribution: 'none' as const,
    click_id: '',
    conversion_id: '',
    ip: '',
    request_json: '{}',
    affiliate_network_id: networkId,
    steps_json: '',
    rematch_at: null,
  }))
  await store.db.insertInto('hits').values(rows).execute()
}
