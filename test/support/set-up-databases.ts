import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openAccounts } from '../../src/api/accounts.ts'
import { openStore } from '../../src/store/open-store.ts'
import { type PostgresServer, startPostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server that all tests share, and databases with all tables and no rows of their own, to be copied. */
    databases: {
      readonly postgresUrl: string
      readonly postgresTemplate: string
      readonly sqliteTemplate: string
    }
  }
}

const TEMPLATE = 'template_of_tests'

let server: PostgresServer | undefined
const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-template-'))

/** One PostgreSQL for all tests; migrations run once for each engine instead of once for each test. */
export async function setup(project: TestProject): Promise<void> {
  server = await startPostgresServer()
  const databaseUrl = await server.createDatabase(TEMPLATE)
  await makeTables({ dataDir, databaseUrl })
  await makeTables({ dataDir, databaseUrl: '' })
  project.provide('databases', {
    postgresUrl: server.url,
    postgresTemplate: TEMPLATE,
    sqliteTemplate: join(dataDir, 'trailpost.db'),
  })
}

export async function teardown(): Promise<void> {
  await server?.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function makeTables(options: {
  readonly dataDir: string
  readonly databaseUrl: string
}): Promise<void> {
  const store = await openStore(options)
  const dashboardUrl = 'http://localhost'
  await openAccounts({ store, secret: Buffer.alloc(32), dashboardUrl, trustedOrigins: () => [dashboardUrl] })
  await store.close()
}
