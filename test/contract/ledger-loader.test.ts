import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RECORD_TYPE } from '../../src/domain/journal-record.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { createClickLookup } from '../../src/ledger/click-lookup.ts'
import { type Ledger, LedgerUnavailableError } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { appendToOutbox } from '../../src/store/ledger-outbox.ts'
import { openStore, type Store } from '../../src/store/open-store.ts'
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts'
import {
  clickOf,
  EdgeJournal,
  ledgerSums,
  newClickId,
  startLoader,
  until,
  visitRow,
} from '../support/ledger-world.ts'

let dataDir: string
let store: Store
let ledger: Ledger
let loading: ReturnType<typeof startLoader> | undefined
let journals: EdgeJournal[]

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'trailpost-loader-'))
  store = await openStore({ dataDir, databaseUrl: '' })
  journals = []
})

afterEach(async () => {
  await loading?.stop()
  loading = undefined
  for (const journal of journals) await journal.close()
  await ledger.close()
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function openJournal(edge: number): Promise<EdgeJournal> {
  const journal = await EdgeJournal.open(dataDir, edge)
  journals.push(journal)
  return journal
}

const untilRows = async (rows: number) => await until(async () => (await ledgerSums(ledger)).rows >= rows)

describe('the loader', () => {
  beforeEach(async () => {
    ledger = await openLedger({ clickhouseUrl: '', dataDir })
  })

  it('brings visits and impressions over as they are, and leaves hits to the judge', async () => {
    const journal = await openJournal(0)
    const visit = visitRow({ city: 'Zürich "x"', tokens: { zone: '1' } })
    await journal.hit()
    await journal.visit(visit)
    await journal.impression(visitRow({ kind: 'impression', click_id: '', visits: 0, impressions: 1 }))
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(2)
    const rows = await ledger.query('SELECT kind, city, tokens, impressions FROM ledger ORDER BY kind', {})
    expect(rows).toEqual([
      { kind: 'impression', city: '', tokens: {}, impressions: 1 },
      { kind: 'visit', city: 'Zürich "x"', tokens: { zone: '1' }, impressions: 0 },
    ])
  })

  it('gives a click the dimensions of its visit and none of its measures, and counts the first as unique', async () => {
    const journal = await openJournal(0)
    const sent = { location: 'https://lander.example/' }
    const visit = visitRow({ country: 'CH', cost: '0.5', unique_visits: 1, tokens: { zone: '1' }, ...sent })
    await journal.visit(visit)
    await journal.click(clickOf(visit))
    await journal.click(
      clickOf(visit, { offerId: 'o2', at: visit.at + 2_000, location: 'https://o2.example/' }),
    )
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(3)
    const sql = `SELECT country, tokens, offer_id, location, visits, unique_visits, clicks, unique_clicks, toString(cost) AS cost,
      at = visit_at AS same FROM ledger WHERE kind = 'click' ORDER BY at`
    const common = {
      country: 'CH',
      tokens: { zone: '1' },
      visits: 0,
      unique_visits: 0,
      clicks: 1,
      cost: '0',
      same: 0,
    }
    expect(await ledger.query(sql, {})).toEqual([
      { ...common, offer_id: 'o', location: '', unique_clicks: 1 },
      { ...common, offer_id: 'o2', location: 'https://o2.example/', unique_clicks: 0 },
    ])
  })

  it('finds the visit of a click in another journal, and in the ledger', async () => {
    const [first, second] = [await openJournal(0), await openJournal(1)]
    const visit = visitRow()
    await second.click(clickOf(visit))
    await first.visit(visit)
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(2)
    await loading.stop()
    await second.click(clickOf(visit))
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(3)
    expect(await ledgerSums(ledger)).toMatchObject({ visits: 1, clicks: 2, unique_clicks: 1 })
  })

  it('counts no clicks of a robot, and no unique one after a direct visit', async () => {
    const journal = await openJournal(0)
    const robot = visitRow({ bot: 'user_agent', visits: 0, bot_visits: 1 })
    const direct = visitRow({ clicks: 1, unique_clicks: 1 })
    for (const visit of [robot, direct]) {
      await journal.visit(visit)
      await journal.click(clickOf(visit))
    }
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(4)
    expect(await ledgerSums(ledger)).toMatchObject({ clicks: 2, unique_clicks: 1 })
  })

  it('gives a lander view the dimensions of its visit, and the lander that it names', async () => {
    const [first, second] = [await openJournal(0), await openJournal(1)]
    const visit = visitRow({ country: 'CH', cost: '0.5', unique_visits: 1, tokens: { zone: '1' } })
    await second.view({ clickId: visit.click_id, at: visit.at + 1_000, landerId: '' })
    await first.visit(visit)
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(2)
    await loading.stop()
    await second.view({ clickId: visit.click_id, at: visit.at + 2_000, landerId: 'l2' })
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(3)
    const sql = `SELECT country, tokens, lander_id, lander_views, visits, clicks, toString(cost) AS cost,
      at > visit_at AS later FROM ledger WHERE kind = 'lander_view' ORDER BY at`
    const common = { country: 'CH', tokens: { zone: '1' }, lander_views: 1, visits: 0, clicks: 0, cost: '0' }
    expect(await ledger.query(sql, {})).toEqual([
      { ...common, lander_id: 'l', later: 1 },
      { ...common, lander_id: 'l2', later: 1 },
    ])
  })

  it('counts each view of a person, none of a robot, and puts aside that of no visit', async () => {
    const journal = await openJournal(0)
    const person = visitRow()
    const robot = visitRow({ bot: 'user_agent', visits: 0, bot_visits: 1 })
    for (const { click_id: clickId, at } of [person, person, robot, visitRow()]) {
      await journal.view({ clickId, at, landerId: '' })
    }
    await journal.visit(person)
    await journal.visit(robot)
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(5)
    expect(await ledgerSums(ledger)).toMatchObject({ rows: 5, lander_views: 2 })
    expect(readdirSync(join(dataDir, 'quarantine'))).toHaveLength(1)
  })

  it('puts aside what it cannot load, and goes on', async () => {
    const journal = await openJournal(0)
    await journal.visit({ ...visitRow(), cost: 'free' })
    await journal.click(clickOf(visitRow()))
    await journal.writer.append(RECORD_TYPE.click, Buffer.from('{"clickId":'))
    await journal.writer.append(RECORD_TYPE.view, Buffer.from('{"clickId":1}'))
    await journal.writer.append(RECORD_TYPE.visit, Buffer.from('short'))
    await journal.visit(visitRow())
    loading = startLoader({ dataDir, store, ledger })
    await untilRows(1)
    expect(readdirSync(join(dataDir, 'quarantine'))).toHaveLength(5)
    expect(loading.loader.quarantinedRows()).toBe(5)
  })

  it('moves the outbox over, and goes on with journals that appear later', async () => {
    loading = startLoader({ dataDir, store, ledger })
    await appendToOutbox(store.db, [visitRow({ kind: 'conversion', visits: 0, conversions: -1 })])
    await untilRows(1)
    const journal = await openJournal(7)
    await journal.visit(visitRow())
    await untilRows(2)
    expect(await ledgerSums(ledger)).toMatchObject({ visits: 1, conversions: -1 })
  })
})

describe('looking up a visit', () => {
  let held: boolean
  let failing: boolean
  const errors: unknown[] = []

  afterEach(() => {
    held = false
  })

  beforeEach(async () => {
    held = false
    failing = false
    ledger = await openLedger({ clickhouseUrl: '', dataDir })
  })

  /** A loader whose inserts can be held back. */
  function start() {
    const real = ledger
    const holding: Ledger = {
      ...real,
      insertRows: async (lines, token) => {
        await until(() => !held)
        await real.insertRows(lines, token)
      },
      lookUp: async (sql) => {
        if (failing) throw new LedgerUnavailableError('as the test wishes')
        return await real.lookUp(sql)
      },
    }
    loading = startLoader({ dataDir, store, ledger: holding, onError: (error) => errors.push(error) })
    return createClickLookup({ ledger: holding, loader: loading.loader, clock: Date.now })
  }

  it('finds it as soon as it is in a journal, with the click that has just followed', async () => {
    const journal = await openJournal(0)
    held = true
    const lookup = start()
    for (let i = 0; i < 20; i++) {
      const visit = visitRow()
      await journal.visit(visit)
      expect((await lookup.findVisits([visit.click_id])).get(visit.click_id)).toMatchObject({
        visit,
        clicks: 0,
      })
      await journal.click(clickOf(visit, { offerId: `o${i}`, affiliateNetworkId: 'n2' }))
      const found = (await lookup.findVisits([visit.click_id])).get(visit.click_id)
      expect(found).toMatchObject({ visit, clicks: 1, lastClickOfferId: `o${i}`, lastClickNetworkId: 'n2' })
    }
    held = false
  })

  it('finds it in the ledger with its clicks when it is forgotten', async () => {
    const visit = visitRow({ at: Date.now() - 86_400_000 })
    const click = {
      ...visit,
      kind: 'click',
      at: visit.at + 1,
      offer_id: 'o9',
      clicks: 1,
      visits: 0,
    } as LedgerRow
    await ledger.insertRows(`${JSON.stringify(visit)}\n${JSON.stringify(click)}\n`, 'old')
    const found = (await start().findVisits([visit.click_id])).get(visit.click_id)
    expect(found).toEqual({ visit, clicks: 1, lastClickOfferId: 'o9', lastClickNetworkId: '' })
  })

  it('does not find what is nowhere, nor what is no click id', async () => {
    const found = await start().findVisits([newClickId(), "' OR 1=1 --", ''])
    expect(found.size).toBe(0)
  })

  it('is refused while the journal is too far ahead of the ledger to be known', async () => {
    const journal = await openJournal(0)
    held = true
    const lookup = start()
    await journal.visit(visitRow())
    const megabyte = Buffer.alloc(1_000_000)
    for (let i = 0; i < 90; i++) await journal.writer.append(RECORD_TYPE.hit, megabyte)
    const visit = visitRow()
    await journal.visit(visit)
    await expect(lookup.findVisits([visit.click_id])).rejects.toThrow(LedgerUnavailableError)
    held = false
    await untilRows(2)
    expect((await lookup.findVisits([visit.click_id])).size).toBe(1)
  })

  it('shares queries: a thousand at once are answered by few', async () => {
    const visits = Array.from({ length: 1_000 }, () => visitRow())
    await ledger.insertRows(visits.map((row) => `${JSON.stringify(row)}\n`).join(''), 'many')
    let queries = 0
    const real = ledger
    ledger = {
      ...real,
      lookUp: async (sql) => {
        queries += 1
        return await real.lookUp(sql)
      },
    }
    const lookup = start()
    const found = await Promise.all(visits.map(async ({ click_id }) => await lookup.findVisits([click_id])))
    expect(found.every((map) => map.size === 1)).toBe(true)
    expect(queries).toBeLessThan(10)
  })

  it('says so when the ledger does not answer, instead of finding nothing', async () => {
    const lookup = start()
    failing = true
    await expect(lookup.findVisits([newClickId()])).rejects.toThrow(LedgerUnavailableError)
  })
})

describe('while a ClickHouse server is away', () => {
  let front: ClickHouseFront
  beforeEach(async () => {
    front = await startClickHouseFront(join(dataDir, 'server'))
    ledger = await openLedger({ clickhouseUrl: front.url, dataDir })
  })
  afterEach(async () => await front.kill())

  it('nothing is lost and nothing doubled, whether its inserts took effect or not', async () => {
    const journal = await openJournal(0)
    loading = startLoader({ dataDir, store, ledger })
    for (const when of ['before', 'after', 'after'] as const) {
      await front.failInserts(2, when)
      const visit = visitRow()
      await journal.visit(visit)
      await journal.click(clickOf(visit))
      await journal.view({ clickId: visit.click_id, at: visit.at, landerId: '' })
      await appendToOutbox(store.db, [visitRow({ kind: 'conversion', visits: 0, conversions: 1 })])
      await front.kill()
      front = await startClickHouseFront(join(dataDir, 'server'), Number(new URL(front.url).port))
    }
    await untilRows(12)
    expect(await ledgerSums(ledger)).toMatchObject({
      rows: 12,
      lander_views: 3,
      visits: 3,
      clicks: 3,
      unique_clicks: 3,
      conversions: 3,
    })
  })

  it('an insert whose answer is lost is not repeated', async () => {
    const journal = await openJournal(0)
    await front.failInserts(3, 'after')
    loading = startLoader({ dataDir, store, ledger })
    await journal.visit(visitRow())
    await until(async () => loading?.loader.lagMs() === 0 && (await ledgerSums(ledger)).rows > 0)
    expect(await ledgerSums(ledger)).toMatchObject({ rows: 1, visits: 1 })
  })
})
