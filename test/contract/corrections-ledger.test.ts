import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { correctionRows } from '../../src/domain/correction-rows.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { applyVisitChange, type VisitChange } from '../../src/domain/visit-change.ts'
import { openChdbEngine } from '../../src/ledger/chdb-engine.ts'
import { findInLedger, findRowsInLedger } from '../../src/ledger/find-in-ledger.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import {
  addLedgerColumns,
  createInsertTable,
  createInsertView,
  createLedgerTable,
} from '../../src/ledger/schema.ts'
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts'
import { newClickId, visitRow } from '../support/ledger-world.ts'

describe.each(['chDB', 'ClickHouse'])('corrections in the ledger in %s', (engine) => {
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-corrections-'))
  let front: ClickHouseFront | undefined
  let ledger: Ledger

  beforeAll(async () => {
    if (engine === 'ClickHouse') front = await startClickHouseFront(join(dir, 'server'))
    ledger = await openLedger({ clickhouseUrl: front?.url ?? '', dataDir: dir })
  })

  afterAll(async () => {
    await ledger.close()
    await front?.kill()
    rmSync(dir, { recursive: true, force: true })
  })

  it('are read back with every column as it was written', async () => {
    const row: LedgerRow = {
      ...visitRow(),
      correction: 'in',
      corrected_at: 1_790_000_000_123,
      flags: 'datacenter,too_fast',
      route_reason: 'rule, sticky path',
      device_model: 'Pixel 9',
      asn: '64496',
      connection_type: 'datacenter',
      workspace_unique_visits: 1,
      events: -1,
      numbers: { event1: '-2.5', 'my "number"': '0.000001' },
    }
    await insert([row])
    expect(await findRowsInLedger(ledger, [row.click_id])).toEqual([row])
  })

  it('make the latest state of a visit the one that is found', async () => {
    const visit = visitRow({ clicks: 1, sub1: 'old', cost: '0.02' })
    const click: LedgerRow = {
      ...visit,
      kind: 'click',
      at: visit.at + 5,
      offer_id: 'o2',
      visits: 0,
      cost: '0',
    }
    let rows: readonly LedgerRow[] = [visit, click]
    rows = [...rows, ...correct(rows, { subs: { sub1: 'new' } }, 2_000_000_000_000)]
    rows = [...rows, ...correct(rows, { tokens: { zone: '7' }, addFlags: ['too_fast'] }, 2_000_000_000_001)]
    await insert(rows)
    const found = (await findInLedger(ledger, [visit.click_id])).get(visit.click_id)
    expect(found).toMatchObject({
      visit: { sub1: 'new', tokens: { zone: '7' }, flags: 'too_fast', visits: 1, cost: '0.02' },
      lastClickOfferId: 'o2',
      clicks: 2,
    })
  })

  it('do not count the clicks of a visit that became a bot', async () => {
    const visit = visitRow({ offer_id: 'o' })
    const click: LedgerRow = { ...visit, kind: 'click', at: visit.at + 5, visits: 0, clicks: 1 }
    const rows = [visit, click]
    await insert([...rows, ...correct(rows, { bot: 'too_fast' }, 2_000_000_000_000)])
    const found = (await findInLedger(ledger, [visit.click_id])).get(visit.click_id)
    expect(found).toMatchObject({
      visit: { bot: 'too_fast', bot_visits: 1 },
      clicks: 0,
      lastClickOfferId: 'o',
    })
  })

  it('reach no text of a query but click ids', async () => {
    expect(await findRowsInLedger(ledger, ["') OR 1 = 1 --", newClickId()])).toEqual([])
  })

  function correct(rows: readonly LedgerRow[], change: VisitChange, at: number): readonly LedgerRow[] {
    return correctionRows(rows, (row, past) => applyVisitChange(row, change, past), at)
  }

  async function insert(rows: readonly LedgerRow[]): Promise<void> {
    await ledger.insertRows(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), newClickId())
  }
})

it('a ledger of the first version keeps its rows and gets the new columns', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-corrections-'))
  const old = await openChdbEngine(join(dataDir, 'ledger'))
  const added = addLedgerColumns()[0]?.match(/(?<=IF NOT EXISTS )\w+/g) ?? []
  expect(added).toContain('numbers')
  for (const statement of [createLedgerTable(), createInsertTable(), createInsertView()])
    await old.command(withoutColumns(statement, added), {})
  await old.command(
    'CREATE TABLE ledger_migrations (id UInt32, name String, applied_at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY id',
    {},
  )
  await old.command("INSERT INTO ledger_migrations (id, name) VALUES (1, 'ledger')", {})
  const before = visitRow({ tokens: { zone: '7' }, cost: '0.25' })
  await old.insert(Buffer.from(`${JSON.stringify(before)}\n`), 'before')
  expect(await columnsOf(old)).not.toContain('corrected_at')
  await old.close()

  const ledger = await openLedger({ clickhouseUrl: '', dataDir })
  const after = visitRow({ flags: 'too_fast', numbers: { event1: '1.5' }, workspace_unique_visits: 1 })
  await ledger.insertRows(`${JSON.stringify(after)}\n`, 'after')
  expect(await findRowsInLedger(ledger, [before.click_id])).toEqual([before])
  expect(await findRowsInLedger(ledger, [after.click_id])).toEqual([after])
  await ledger.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A statement as the first version had it. */
function withoutColumns(statement: string, names: readonly string[]): string {
  const lines = statement.split('\n').filter((line) => !names.includes(line.trim().split(' ')[0] ?? ''))
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`, ${name}(?=[, ])`, 'g'), ''),
    lines.join('\n'),
  )
}

async function columnsOf(engine: Awaited<ReturnType<typeof openChdbEngine>>): Promise<readonly string[]> {
  const rows = await engine.query<{ name: string }>(
    "SELECT name FROM system.columns WHERE table = 'ledger'",
    {},
    undefined,
  )
  return rows.map(({ name }) => name)
}
