import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import * as spine from './migrations/001-spine.ts'
import * as tracker from './migrations/002-tracker.ts'
import * as network from './migrations/003-network.ts'
import * as notifications from './migrations/004-notifications.ts'
import * as dashboard from './migrations/005-dashboard.ts'
import { createNodeSqliteDialect } from './node-sqlite-dialect.ts'
import type { Database } from './schema.ts'

const MIGRATIONS = {
  '001-spine': spine,
  '002-tracker': tracker,
  '003-network': network,
  '004-notifications': notifications,
  '005-dashboard': dashboard,
}

const POSTGRES_CONNECTIONS_MAX = 10
const POSTGRES_CONNECT_TIMEOUT_MS = 5_000
/** For all but migrations. */
const POSTGRES_STATEMENT_TIMEOUT_MS = 30_000
/** Below the statement's own time-out, so that the error says what it waited for. */
const POSTGRES_LOCK_TIMEOUT_MS = 5_000
/** PostgreSQL's type numbers of bigint. */
const INT8_OID = 20

export type SqlEngine = 'sqlite' | 'postgres'

export type Store = {
  readonly db: Kysely<Database>
  readonly engine: SqlEngine
  close(): Promise<void>
}

export type StoreOptions = {
  /** postgres://…; '' for SQLite in dataDir. */
  readonly databaseUrl: string
  readonly dataDir: string
}

/**
 * Opens the SQL store and brings its tables up to date.
 * @throws when the database can not be reached or a migration fails (nothing of it is kept then).
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const engine: SqlEngine = options.databaseUrl === '' ? 'sqlite' : 'postgres'
  const dialect =
    engine === 'sqlite'
      ? await sqliteDialect(options.dataDir)
      : postgresDialect(options.databaseUrl, { statementMsMax: POSTGRES_STATEMENT_TIMEOUT_MS })
  const db = new Kysely<Database>({ dialect })
  try {
    await migrate(options, db)
    // Kysely ends only what it has begun to use: a store that is closed must not answer any more.
    await sql`select 1`.execute(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, engine, close: () => db.destroy() }
}

async function sqliteDialect(dataDir: string) {
  await mkdir(dataDir, { recursive: true })
  return createNodeSqliteDialect(join(dataDir, 'trailpost.db'))
}

function postgresDialect(
  connectionString: string,
  { statementMsMax }: { readonly statementMsMax: number },
): PostgresDialect {
  const pool = new pg.Pool({
    connectionString,
    max: POSTGRES_CONNECTIONS_MAX,
    connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MS,
    statement_timeout: statementMsMax,
    lock_timeout: POSTGRES_LOCK_TIMEOUT_MS,
    application_name: 'trailpost',
    types: { getTypeParser: typeParser },
  })
  // An idle connection that breaks is dropped by the pool and the next query opens another one; without a
  // listener the event would end the process.
  pool.on('error', () => {})
  return new PostgresDialect({ pool })
}

/** bigint columns hold milliseconds and micros, both safe integers: numbers, as on SQLite. */
function typeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === INT8_OID && format !== 'binary') return toSafeInteger
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')
}

function toSafeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`)
  return value
}

/** PostgreSQL over a connection of its own: an index on many rows takes as long as it takes. */
async function migrate({ databaseUrl }: StoreOptions, db: Kysely<Database>): Promise<void> {
  if (databaseUrl === '') return await migrateBy(db)
  const patient = new Kysely<Database>({ dialect: postgresDialect(databaseUrl, { statementMsMax: 0 }) })
  try {
    await migrateBy(patient)
  } finally {
    await patient.destroy()
  }
}

async function migrateBy(db: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
