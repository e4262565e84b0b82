import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertOnce } from '../../src/ledger/insert-once.ts'
import { type Ledger, LedgerUnavailableError } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { QuarantiningInserter } from '../../src/ledger/quarantine.ts'
import { visitRow } from '../support/ledger-world.ts'

const JANUARY = Date.UTC(2026, 0, 31, 23, 59)
const FEBRUARY = Date.UTC(2026, 1, 1)

describe('a batch of uncertain outcome', () => {
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-once-'))
  let ledger: Ledger
  beforeAll(async () => {
    ledger = await openLedger({ clickhouseUrl: '', dataDir: dir })
  })
  afterAll(async () => {
    await ledger.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const rowsOf = (workspace: string) =>
    [JANUARY, JANUARY, FEBRUARY].map((at) => Buffer.from(JSON.stringify(visitRow({ workspace, at }))))

  async function count(workspace: string): Promise<number> {
    const sql = 'SELECT toUInt32(count()) AS n FROM ledger WHERE workspace = {workspace:String}'
    const [row] = await ledger.query<{ n: number }>(sql, { workspace })
    return row?.n ?? Number.NaN
  }

  it('is there once when it was there already', async () => {
    const rows = rowsOf('there')
    await insertOnce(ledger, { rows, token: 'there', isRepeat: false })
    await insertOnce(ledger, { rows, token: 'there', isRepeat: true })
    expect(await count('there')).toBe(3)
  })

  it('is there once when it was not', async () => {
    await insertOnce(ledger, { rows: rowsOf('absent'), token: 'absent', isRepeat: true })
    expect(await count('absent')).toBe(3)
  })

  it('is there once when the engine knows its token and has not its rows', async () => {
    await ledger.insertRows(`${JSON.stringify(visitRow({ workspace: 'other', at: JANUARY }))}\n`, 'lost')
    const rows = rowsOf('lost')
    await insertOnce(ledger, { rows, token: 'lost', isRepeat: true })
    expect(await count('lost')).toBe(3)
    await insertOnce(ledger, { rows, token: 'lost', isRepeat: true })
    expect(await count('lost')).toBe(3)
  })

  it('is there once when the engine has its rows and forgot its token', async () => {
    const rows = rowsOf('forgot')
    const forgetful: Ledger = {
      ...ledger,
      insertRows: (lines, token) => ledger.insertRows(lines, `${token} as it was`),
    }
    await insertOnce(forgetful, { rows, token: 'forgot', isRepeat: false })
    await insertOnce(ledger, { rows, token: 'forgot', isRepeat: true })
    expect(await count('forgot')).toBe(3)
  })

  it('is there once when one of its months was', async () => {
    const rows = rowsOf('half')
    const halfway: Ledger = {
      ...ledger,
      insertRows: (lines, token) =>
        ledger.insertRows(`${Buffer.from(lines).toString().split('\n').slice(0, 2).join('\n')}\n`, token),
    }
    await insertOnce(halfway, { rows, token: 'half', isRepeat: false })
    expect(await count('half')).toBe(2)
    await insertOnce(ledger, { rows, token: 'half', isRepeat: true })
    expect(await count('half')).toBe(3)
  })

  it('is not counted as there because another batch of the time is', async () => {
    await insertOnce(ledger, { rows: rowsOf('near'), token: 'near-1', isRepeat: false })
    await insertOnce(ledger, { rows: rowsOf('near'), token: 'near-2', isRepeat: true })
    expect(await count('near')).toBe(6)
  })

  it('is given up for now when the ledger swallows it again and again', async () => {
    const swallowing: Ledger = { ...ledger, insertRows: async () => undefined }
    const batch = { rows: rowsOf('swallowed'), token: 'swallowed', isRepeat: true }
    await expect(insertOnce(swallowing, batch)).rejects.toThrow(LedgerUnavailableError)
  })

  it('goes in but for the rows that the ledger refuses, which are put aside, also when repeated', async () => {
    const aside = join(dir, 'quarantine')
    const inserter = new QuarantiningInserter(ledger, aside)
    const bad = ['{"at":"soon"}', '{}', '', 'x', '{"workspace":"bad","at":1,"cost":"1e400"}']
    const good = rowsOf('mixed')
    const rows = [...bad, ...good.map(String), ...bad].map((row) => Buffer.from(row))
    await inserter.insert({ rows, token: 'mixed', isRepeat: false })
    await inserter.insert({ rows, token: 'mixed', isRepeat: true })
    expect(await count('mixed')).toBe(3)
    const files = readdirSync(aside)
    expect(files).toHaveLength(10)
    const first = files
      .map((file) => readFileSync(join(aside, file), 'utf8'))
      .find((text) => text.includes('soon'))
    expect(first).toMatch(/^\{"at":"soon"\}\n\{"reason":"the ledger refused the rows: /)
    expect(inserter.refused).toBe(20)
  })
})
