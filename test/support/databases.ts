import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openStore, type SqlEngine, type Store, type StoreOptions } from '../../src/store/open-store.ts'
import { type PostgresServer, startPostgresServer } from './postgres-server.ts'

/** Both engines, for describe.each. */
export const SQL_ENGINES = ['sqlite', 'postgres'] as const satisfies readonly SqlEngine[]

export type TestStores = {
  /** Options of a new, empty database. */
  options(): Promise<StoreOptions>
  /** Opens a store: on a new, empty database, or once more on one that is there. Closed after the test. */
  open(options?: StoreOptions): Promise<Store>
}

/**
 * Gives the tests of the surrounding describe block stores on the engine. PostgreSQL is real, started once for
 * the block; every test has databases of its own.
 */
export function useStores(engine: SqlEngine): TestStores {
  let server: PostgresServer | undefined
  const dirs: string[] = []
  const opened: Store[] = []

  beforeAll(async () => {
    if (engine === 'postgres') server = await startPostgresServer()
  })
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
  })
  afterAll(async () => {
    await server?.stop()
  })

  async function options(): Promise<StoreOptions> {
    const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-store-'))
    dirs.push(dataDir)
    return { dataDir, databaseUrl: server === undefined ? '' : await server.createDatabase() }
  }

  return {
    options,
    async open(given) {
      const store = await openStore(given ?? (await options()))
      opened.push(store)
      return store
    },
  }
}
