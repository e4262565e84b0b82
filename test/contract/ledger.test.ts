import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { type Ledger, LedgerRefusedError, LedgerUnavailableError } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { LEDGER_ROW_COLUMNS, withoutDefaults } from '../../src/ledger/select-rows.ts'
import { runReport } from '../../src/reports/run-report.ts'
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts'

/** The same for both engines: what the rest of the product relies on. */
describe.each(['chDB', 'ClickHouse'])('the ledger in %s', (engine) => {
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-ledger-'))
  let front: ClickHouseFront | undefined
  let ledger: Ledger

  beforeAll(async () => {
    if (engine === 'ClickHouse') front = await startClickHouseFront(join(dir, 'server'))
    ledger = await open()
  })

  afterAll(async () => {
    await ledger.close()
    await front?.kill()
    rmSync(dir, { recursive: true, force: true })
  })

  async function open(): Promise<Ledger> {
    return await openLedger({ clickhouseUrl: front?.url ?? '', dataDir: dir })
  }

  async function count(workspace: string): Promise<number> {
    const sql = 'SELECT toUInt32(count()) AS n FROM ledger WHERE workspace = {workspace:String}'
    const [row] = await ledger.query<{ n: number }>(sql, { workspace })
    return row?.n ?? Number.NaN
  }

  it('gives a row back as it was written, whatever its text', async () => {
    const row: LedgerRow = {
      ...visit('whole', 'c1'),
      campaign_id: 'camp',
      city: 'Zürich \\ "x" \n\t\'',
      external_id: '😀{}',
      tokens: { 'zone\\"': "it's" },
      params: { a: '' },
      cost: '-0.000001',
      revenue: '123456789012.25',
      unique_visits: -1,
    }
    await ledger.insertRows(lines([row]), 'whole')
    const sql = `SELECT ${LEDGER_ROW_COLUMNS} FROM ledger WHERE workspace = {w:String} AND city = {city:String}`
    const rows = await ledger.query<LedgerRow>(sql, { w: 'whole', city: row.city })
    expect(rows.map(withoutDefaults)).toEqual([row])
  })

  it('drops rows whose token was used, also after it was opened again', async () => {
    await ledger.insertRows(lines([visit('repeat', 'c1'), visit('repeat', 'c2')]), 'repeat')
    await ledger.insertRows(lines([visit('repeat', 'c1'), visit('repeat', 'c2')]), 'repeat')
    await ledger.close()
    ledger = await open()
    await ledger.insertRows(lines([visit('repeat', 'c1'), visit('repeat', 'c2')]), 'repeat')
    expect(await count('repeat')).toBe(2)
    await ledger.insertRows(lines([visit('repeat', 'c3')]), 'another')
    expect(await count('repeat')).toBe(3)
  })

  it('keeps tokens apart when inserts run at the same time', async () => {
    const tokens = Array.from({ length: 20 }, (_, i) => `together-${i}`)
    await Promise.all(
      tokens.map(async (token) => await ledger.insertRows(lines([visit('together', token)]), token)),
    )
    await Promise.all(
      tokens.map(async (token) => await ledger.insertRows(lines([visit('together', token)]), token)),
    )
    expect(await count('together')).toBe(20)
  })

  it('drops each month of a repeated insert that spans two', async () => {
    const rows = [
      visit('months', 'c1', Date.UTC(2026, 0, 31, 23)),
      visit('months', 'c2', Date.UTC(2026, 1, 1)),
    ]
    await ledger.insertRows(lines(rows), 'months')
    await ledger.insertRows(lines(rows), 'months')
    expect(await count('months')).toBe(2)
  })

  it('skips what it has no column for', async () => {
    const row = { ...visit('unknown', 'c1'), made_by_a_newer_edge: { a: [1] } }
    await ledger.insertRows(lines([row]), 'unknown')
    expect(await count('unknown')).toBe(1)
  })

  it('refuses all rows when one cannot be read', async () => {
    for (const [i, bad] of ['{"at":"yesterday"}', '{"cost":"free"}', 'no json', '{"visits":'].entries()) {
      const bytes = Buffer.concat([lines([visit('refused', 'c1')]), Buffer.from(`${bad}\n`)])
      await expect(ledger.insertRows(bytes, `refused-${i}`)).rejects.toThrow(LedgerRefusedError)
    }
    expect(await count('refused')).toBe(0)
  })

  it('reports groups and filters whatever their text', async () => {
    const odd = 'it\'s "odd" \\ \n\t{p0:String} ü'
    const rows = [odd, odd, 'plain'].map((sub1, i) => ({
      ...visit('report', `c${i}`),
      sub1,
      tokens: { [odd]: odd },
    }))
    await ledger.insertRows(lines(rows), 'report')
    const result = await runReport(ledger, {
      workspace: 'report',
      from: '2026-11-22',
      to: '2026-11-22',
      timeZone: 'Europe/Berlin',
      dateBasis: 'conversion',
      groupBy: ['sub1', 'day', `token:${odd}`],
      metrics: ['visits', 'revenue'],
      filters: [{ dimension: 'sub1', operator: 'in', values: [odd, 'other'] }],
    })
    const keys = { sub1: odd, day: '2026-11-22', [`token:${odd}`]: odd }
    const metrics = { visits: 2, revenue: '0' }
    expect(result).toEqual({ rows: [{ keys, metrics }], totals: metrics, groups: 1 })
  })

  it('reports as many groups as there are, with the texts of each', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      ...visit('many', `c${i}`),
      sub1: `${i}`,
      sub2: 'x',
    }))
    await ledger.insertRows(lines(rows), 'many')
    const result = await runReport(ledger, {
      workspace: 'many',
      from: '2026-11-22',
      to: '2026-11-22',
      timeZone: 'UTC',
      dateBasis: 'click',
      groupBy: ['sub1', 'sub2'],
      metrics: ['visits'],
      filters: [],
      limit: 400,
    })
    expect(new Set(result.rows.map(({ keys }) => `${keys.sub1}${keys.sub2}`)).size).toBe(400)
  })

  it('says that it is not available when a query fails', async () => {
    await expect(ledger.query('SELECT nothing', {})).rejects.toThrow(LedgerUnavailableError)
    await expect(ledger.lookUp('SELECT nothing')).rejects.toThrow(LedgerUnavailableError)
  })

  it('answers a ping', async () => {
    await expect(ledger.ping()).resolves.toBeUndefined()
  })

  it('records its migrations once', async () => {
    const rows = await ledger.query('SELECT id, name FROM ledger_migrations ORDER BY id', {})
    expect(rows).toEqual([
      { id: 1, name: 'ledger' },
      { id: 2, name: 'tracker' },
      { id: 3, name: 'location' },
    ])
  })

  it('of an earlier version gets the columns that it lacks, and keeps its rows', async () => {
    await ledger.insertRows(lines([visit('early', 'c1')]), 'early-1')
    const alter = async (sql: string) => {
      // It is done, although the answer is no rows.
      await ledger.query(sql, {}).catch(() => undefined)
    }
    await alter('DROP VIEW ledger_feed')
    await alter('DROP TABLE ledger_in')
    await alter('ALTER TABLE ledger DROP COLUMN location SETTINGS mutations_sync = 2')
    await alter('ALTER TABLE ledger_migrations DELETE WHERE id = 3 SETTINGS mutations_sync = 2')
    await ledger.close()
    ledger = await open()
    const location = 'https://offer.example/?cid=c2'
    await ledger.insertRows(lines([{ ...visit('early', 'c2'), location }]), 'early-2')
    const sql = "SELECT click_id, location FROM ledger WHERE workspace = 'early' ORDER BY click_id"
    expect(await ledger.query(sql, {})).toEqual([
      { click_id: 'c1', location: '' },
      { click_id: 'c2', location },
    ])
  })

  it('is not opened when a newer version made its tables', async () => {
    await ledger
      .query("INSERT INTO ledger_migrations (id, name) SELECT 999, 'future'", {})
      .catch(() => undefined)
    await expect(open()).rejects.toThrow('the ledger is at version 999')
  })
})

it('a server that cannot be reached is not available', async () => {
  const opening = openLedger({ clickhouseUrl: 'http://127.0.0.1:1', dataDir: '/nonexistent' })
  await expect(opening).rejects.toThrow(LedgerUnavailableError)
})

function visit(workspace: string, clickId: string, at = Date.UTC(2026, 10, 22)): LedgerRow {
  return { kind: 'visit', workspace, at, visit_at: at, click_id: clickId, visits: 1 }
}

function lines(rows: readonly LedgerRow[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}
