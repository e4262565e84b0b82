import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemStatus } from '../../src/cli/system-status.ts'
import { childEnvironment, loadConfig } from '../../src/config.ts'
import { createJob } from '../../src/store/jobs.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

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
      expect.arrayContaining(['disk space', 'secret', 'clock', 'geo database', 'sql', 'ledger']),
    )
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
})
