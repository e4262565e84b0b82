import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, inject } from 'vitest'
import { openStore, type SqlEngine, type Store, type StoreOptions } from '../../src/store/open-store.ts'
import { createDatabase, dropDatabase } from './postgres-server.ts'

/** Both engines, for describe.each. */
export const SQL_ENGINES = ['sqlite', 'postgres'] as const satisfies readonly SqlEngine[]

export type TestStores = {
  /** Options of a new database: with all tables and no rows, or with nothing at all. */
  options(wanted?: { readonly isBare?: boolean }): Promise<StoreOptions>
  /** Opens a store: on a new database without rows, or once more on one that is there. Closed after the test. */
  open(options?: StoreOptions): Promise<Store>
}

let databases = 0

/** Gives the tests of the surrounding describe block stores on the engine, which is real; every test has its own. */
export function useStores(engine: SqlEngine): TestStores {
  const made: StoreOptions[] = []
  const opened: Store[] = []

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    for (const { dataDir, databaseUrl } of made.splice(0)) {
      if (databaseUrl !== '') await dropDatabase(databaseUrl)
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  async function options({ isBare = false } = {}): Promise<StoreOptions> {
    const { postgresUrl, postgresTemplate, sqliteTemplate } = inject('databases')
    const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-store-'))
    let databaseUrl = ''
    if (engine === 'postgres') {
      databases += 1
      const name = `t${process.pid}_${databases}`
      databaseUrl = await createDatabase(postgresUrl, name, isBare ? {} : { template: postgresTemplate })
    } else if (!isBare) {
      copyFileSync(sqliteTemplate, join(dataDir, 'trailpost.db'))
    }
    made.push({ dataDir, databaseUrl })
    return { dataDir, databaseUrl }
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
