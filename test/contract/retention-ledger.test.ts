import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { netRows } from '../../src/domain/correction-rows.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import { eraseVisits, findClickIdsOfExternalId } from '../../src/ledger/erase-visits.ts'
import { findRowsInLedger } from '../../src/ledger/find-in-ledger.ts'
import { insertOnce } from '../../src/ledger/insert-once.ts'
import { LedgerMutationError, mutateLedger } from '../../src/ledger/mutate-ledger.ts'
import type { MonthKeys } from '../../src/retention/month-keys.ts'
import { passRetention } from '../../src/retention/run-retention.ts'
import { treatLedger } from '../../src/retention/treat-ledger.ts'
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts'
import { useStores } from '../support/databases.ts'
import { newClickId, visitRow } from '../support/ledger-world.ts'
import { CHROME } from '../support/retention-records.ts'
import { DAY_MS, openRetentionWorld, type RetentionWorld } from '../support/retention-world.ts'

const COLUMNS = "workspace, ip, user_agent, toString(params['a']) AS a"
const LOCATION = 'https://offer.example/?ip=203.0.113.9&a=b'

describe.each(['chDB', 'ClickHouse over HTTP'] as const)('retention of the ledger, on %s', (engine) => {
  const stores = useStores('sqlite')
  let world: RetentionWorld | undefined
  let front: ClickHouseFront | undefined
  const dirs: string[] = []
  afterEach(async () => {
    await world?.close()
    await front?.kill()
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
  })

  async function open(): Promise<RetentionWorld> {
    if (engine !== 'chDB') {
      const dir = mkdtempSync(join(tmpdir(), 'trailpost-front-'))
      dirs.push(dir)
      front = await startClickHouseFront(dir)
    }
    world = await openRetentionWorld(await stores.open(), engine === 'chDB' ? '' : front?.url)
    return world
  }

  function person(workspace: string, days: number, changes: Partial<LedgerRow> = {}): LedgerRow {
    const at = Date.now() - days * DAY_MS
    const known = { ip: '203.0.113.9', user_agent: CHROME, browser: 'Chrome', browser_version: '120.0.1' }
    return visitRow({ workspace, at, click_id: newClickId(at), params: { a: 'b' }, ...known, ...changes })
  }

  it('treats each workspace by its own settings and age, and a second pass finds nothing to do', async () => {
    const { insert, rows, options, addWorkspace, counts } = await open()
    await addWorkspace('cut', { personalDataDays: 40, personalDataMode: 'truncate' })
    await addWorkspace('hash', { personalDataDays: 40, personalDataMode: 'hash', paramDays: 60 })
    await addWorkspace('keep', {})
    const v6 = { ip: '2001:db8:1:2::5' }
    await insert(
      ['cut', 'hash', 'keep'].flatMap((name) => [person(name, 70), person(name, 50, v6), person(name, 1)]),
    )
    await passRetention(options)
    const hashed = options.keys.treatment('hash', Date.now() - 70 * DAY_MS)
    expect(await rows(COLUMNS)).toEqual([
      { workspace: 'cut', ip: '203.0.113.0/24', user_agent: 'Chrome 120', a: 'b' },
      { workspace: 'cut', ip: '2001:db8:1::/48', user_agent: 'Chrome 120', a: 'b' },
      { workspace: 'cut', ip: '203.0.113.9', user_agent: CHROME, a: 'b' },
      {
        workspace: 'hash',
        ip: hashed.address('203.0.113.9'),
        user_agent: hashed.userAgent(CHROME, ''),
        a: '',
      },
      {
        workspace: 'hash',
        ip: expect.stringMatching(/^hash:/),
        user_agent: expect.stringMatching(/^hash:/),
        a: 'b',
      },
      { workspace: 'hash', ip: '203.0.113.9', user_agent: CHROME, a: 'b' },
      { workspace: 'keep', ip: '203.0.113.9', user_agent: CHROME, a: 'b' },
      { workspace: 'keep', ip: '2001:db8:1:2::5', user_agent: CHROME, a: 'b' },
      { workspace: 'keep', ip: '203.0.113.9', user_agent: CHROME, a: 'b' },
    ])
    expect(counts.filter(({ kind }) => kind === 'months of the ledger')).toHaveLength(1)
    await options.store.db.deleteFrom('work_cursors').execute()
    await passRetention(options)
    expect(counts.filter(({ kind }) => kind === 'months of the ledger')).toHaveLength(1)
  })

  it('goes on telling what a correction took away, also of one that was under way', async () => {
    const { insert, options, addWorkspace, ledger } = await open()
    await addWorkspace('w', { personalDataDays: 40, personalDataMode: 'truncate', paramDays: 40 })
    const visit = person('w', 50, {
      at: Date.UTC(2026, 0, 15),
      visit_at: Date.UTC(2026, 0, 15),
      click_id: newClickId(Date.UTC(2026, 0, 15)),
    })
    const flagged = { ...visit, flags: 'datacenter' }
    const correctedAt = { corrected_at: visit.at + 1 }
    const pair: LedgerRow[] = [
      { ...visit, visits: -1, correction: 'out', ...correctedAt },
      { ...flagged, correction: 'in', ...correctedAt },
    ]
    await insert([visit])
    await passRetention(options)
    // The correction had read the row before it was treated.
    await insert(pair)
    const net = async () => netRows(await findRowsInLedger(ledger, [visit.click_id]))
    expect(await net()).toMatchObject([{ flags: 'datacenter', visits: 1 }])
    await options.store.db.deleteFrom('work_cursors').execute()
    await passRetention(options)
    const all = await findRowsInLedger(ledger, [visit.click_id])
    expect(all.map(({ ip }) => ip)).toEqual(Array(3).fill('203.0.113.0/24'))
    expect(await net()).toMatchObject([{ flags: 'datacenter', visits: 1 }])
  })

  it('takes the URL of the redirect at the lower of both ages, and of corrections with the row they correct', async () => {
    const { insert, rows, options, addWorkspace, ledger } = await open()
    await addWorkspace('personal', { personalDataDays: 40, personalDataMode: 'hash' })
    await addWorkspace('params', { paramDays: 40 })
    await addWorkspace('both', { personalDataDays: 60, personalDataMode: 'truncate', paramDays: 40 })
    await addWorkspace('keep', {})
    const names = ['both', 'keep', 'params', 'personal']
    const visits = names.flatMap((name) => [50, 1].map((days) => person(name, days, { location: LOCATION })))
    const [old = visitRow()] = visits
    const pair = [
      { ...old, visits: -1, correction: 'out', corrected_at: old.at + 1 },
      { ...old, flags: 'datacenter', correction: 'in', corrected_at: old.at + 1 },
    ] as const
    await insert([...visits, pair[0], pair[1]])
    await passRetention(options)
    const left = await rows('workspace, location')
    expect(left).toEqual([
      ...Array(3).fill({ workspace: 'both', location: '' }),
      { workspace: 'both', location: LOCATION },
      ...Array(2).fill({ workspace: 'keep', location: LOCATION }),
      { workspace: 'params', location: '' },
      { workspace: 'params', location: LOCATION },
      { workspace: 'personal', location: '' },
      { workspace: 'personal', location: LOCATION },
    ])
    const net = async () => netRows(await findRowsInLedger(ledger, [old.click_id]))
    expect(await net()).toMatchObject([{ flags: 'datacenter', visits: 1, ip: '203.0.113.9' }])
    // One more that had read its row before it was treated.
    const { flags: _, ...late } = pair[1]
    await insert([
      { ...pair[1], visits: -1, correction: 'out', corrected_at: old.at + 2 },
      { ...late, corrected_at: old.at + 2 },
    ])
    expect(await net()).toMatchObject([{ visits: 1 }])
    expect((await net())[0]?.flags).toBeUndefined()
  })

  it('treats more workspaces than the text of one mutation can name', async () => {
    const { insert, rows, options } = await open()
    const count = 240
    const settings = {
      ...DEFAULT_RETENTION_SETTINGS,
      personalDataDays: 40,
      personalDataMode: 'truncate',
      paramDays: 40,
    } as const
    const all = Array.from({ length: count }, (_, n) => ({ workspace: `w${n}`, settings }))
    await insert(all.map(({ workspace }) => person(workspace, 50)))
    await treatLedger(options, all)
    expect(await rows("DISTINCT ip, toString(params['a']) AS a, '' AS workspace")).toEqual([
      { ip: '203.0.113.0/24', a: '', workspace: '' },
    ])
  }, 60_000)

  it('goes on with the months that are left when it was killed between two', async () => {
    const { insert, rows, options, addWorkspace } = await open()
    await addWorkspace('w', { personalDataDays: 40, personalDataMode: 'truncate' })
    await insert([person('w', 140), person('w', 100), person('w', 60)])
    const stopped = new AbortController()
    const keys: MonthKeys = {
      ...options.keys,
      // Asked for before each month's mutation: the process ends behind the first.
      keyOf: (month) => {
        if (asked++ === 1) stopped.abort()
        return options.keys.keyOf(month)
      },
    }
    let asked = 0
    await expect(passRetention({ ...options, keys, signal: stopped.signal })).rejects.toThrow()
    const addresses = async () => (await rows('ip')).map(({ ip }) => ip)
    expect((await addresses())[0]).toBe('203.0.113.0/24')
    expect((await addresses())[2]).toBe('203.0.113.9')
    await passRetention(options)
    expect(await addresses()).toEqual(Array(3).fill('203.0.113.0/24'))
  })

  it('finds the click ids of an external id, newest first, of the workspace alone and until they are erased', async () => {
    const { ledger, insert, options } = await open()
    const of = (workspace: string, days: number, external_id = 'ext-1') =>
      person(workspace, days, { external_id })
    const [old, young, ...others] = [of('w', 9), of('w', 2), of('w', 5, 'ext-10'), of('other', 3)] as const
    const sale: LedgerRow = { ...young, kind: 'conversion', at: young.at + 1, conversions: 1 }
    const cost: LedgerRow = { ...old, kind: 'cost', click_id: '' }
    await insert([old, young, sale, cost, ...others])
    const find = async (limit: number) => await findClickIdsOfExternalId(ledger, 'w', 'ext-1', limit)
    expect(await find(10)).toEqual([young.click_id, old.click_id])
    expect(await find(1)).toEqual([young.click_id])
    expect(await findClickIdsOfExternalId(ledger, 'w', "ext-1' OR 1 = 1 --", 10)).toEqual([])
    await eraseVisits(ledger, 'w', [young.click_id], options.signal)
    expect(await find(10)).toEqual([old.click_id])
  })

  it('leaves a batch of the loader in once that is inserted again after its rows were changed', async () => {
    const { ledger, options, addWorkspace, rows } = await open()
    await addWorkspace('w', { personalDataDays: 40, personalDataMode: 'hash' })
    const row = JSON.stringify(person('w', 50))
    const batch = [Buffer.from(row)]
    await insertOnce(ledger, { rows: batch, token: 'journal-1', isRepeat: false })
    await passRetention(options)
    await insertOnce(ledger, { rows: batch, token: 'journal-1', isRepeat: true })
    await ledger.insertRows(`${row}\n`, 'journal-1')
    expect(await rows('ip')).toEqual([{ ip: expect.stringMatching(/^hash:/) }])
  })

  it('gives a mutation up that can not be done, and leaves no key with the engine', async () => {
    const { ledger, options, insert, addWorkspace } = await open()
    await addWorkspace('w', { personalDataDays: 40, personalDataMode: 'hash' })
    await insert([person('w', 50)])
    const impossible =
      "UPDATE ip = concat(ip, (SELECT ip FROM ledger WHERE workspace = 'none' LIMIT 1)) WHERE 1"
    await expect(mutateLedger(ledger, impossible, {}, options.signal)).rejects.toThrow(LedgerMutationError)
    await passRetention(options)
    expect(await ledger.query('SELECT ip FROM ledger', {})).toEqual([{ ip: expect.stringMatching(/^hash:/) }])
    expect(await ledger.query('SELECT * FROM ledger_keys', {})).toEqual([])
    const told = JSON.stringify(await ledger.query('SELECT command FROM system.mutations', {}))
    const at = new Date(Date.now() - 50 * DAY_MS)
    const key = options.keys.keyOf(at.getUTCFullYear() * 100 + at.getUTCMonth() + 1)
    expect(told).toContain('ledger_keys')
    expect(told).not.toContain(key.innerHex)
  })
})
