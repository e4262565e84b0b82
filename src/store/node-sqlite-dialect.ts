import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { isLockedError } from './store-error.ts'

/** How long a statement waits for another process's lock before it fails. */
const LOCK_WAIT_MS = 3_000
const LOCK_POLL_MIN_MS = 2
const LOCK_POLL_MAX_MS = 50
/**
 * SQLite's own default, 2 MB, holds a few thousand deliveries with their indexes: with this a queue of 15,000 is sent a
 * third faster.
 */
const CACHE_KIB = 65_536
/** Prepared statements kept; the product has some two hundred different ones. */
const STATEMENTS_MAX = 500

/**
 * Kysely on the SQLite that comes with Node: one connection, WAL, every commit synced to disk.
 *
 * node:sqlite is synchronous, so SQLite's own busy handler would stop the whole process while another process
 * holds the lock. It is off here: a locked statement is tried again after an asynchronous pause.
 */
export function createNodeSqliteDialect(file: string): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(file),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new NodeSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/** SQLite does roll back DDL: a migration that fails half way leaves nothing. */
class NodeSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class NodeSqliteDriver implements Driver {
  readonly #file: string
  #connection: NodeSqliteConnection | undefined

  constructor(file: string) {
    this.#file = file
  }

  async init(): Promise<void> {
    this.#connection = await NodeSqliteConnection.open(this.#file)
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#connection === undefined) throw new Error('the SQLite database is not open')
    return this.#connection
  }

  /** `immediate` takes the write lock at once: a transaction that reads first can not fail at its first write. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // An error such as a full disk has rolled the transaction back already.
    if (this.#connection?.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection?.close()
    this.#connection = undefined
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  /** Least recently used first. */
  readonly #statements = new Map<string, { statement: StatementSync; returnsRows: boolean }>()

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  static async open(file: string): Promise<NodeSqliteConnection> {
    const database = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true })
    try {
      await whenUnlocked(() => database.exec('pragma journal_mode = wal'), false)
      database.exec('pragma synchronous = full')
      database.exec(`pragma cache_size = -${CACHE_KIB}`)
      return new NodeSqliteConnection(database)
    } catch (error) {
      database.close()
      throw error
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return await whenUnlocked(() => this.#execute<R>(query), this.#database.isTransaction)
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('queries are not streamed: page through them')
  }

  #execute<R>(query: CompiledQuery): QueryResult<R> {
    const { statement, returnsRows } = this.#prepare(query.sql)
    const values = query.parameters as readonly SQLInputValue[] // checked by node:sqlite, which refuses others
    if (returnsRows) return { rows: statement.all(...values) as R[] } // typed by Kysely from the schema
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(sql: string): { statement: StatementSync; returnsRows: boolean } {
    let prepared = this.#statements.get(sql)
    if (prepared === undefined) {
      const statement = this.#database.prepare(sql)
      prepared = { statement, returnsRows: statement.columns().length > 0 }
      this.#evictStatement()
    } else {
      this.#statements.delete(sql)
    }
    this.#statements.set(sql, prepared)
    return prepared
  }

  #evictStatement(): void {
    if (this.#statements.size < STATEMENTS_MAX) return
    const [oldest] = this.#statements.keys()
    if (oldest !== undefined) this.#statements.delete(oldest)
  }
}

/**
 * Runs a statement, and again while another process holds the lock. Inside a transaction the write lock is
 * held already: waiting could not help, so the error goes to the caller at once.
 */
async function whenUnlocked<T>(run: () => T, inTransaction: boolean): Promise<T> {
  const deadline = performance.now() + LOCK_WAIT_MS
  let pauseMs = LOCK_POLL_MIN_MS
  for (;;) {
    try {
      return run()
    } catch (error) {
      if (inTransaction || !isLockedError(error) || performance.now() >= deadline) throw error
    }
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, LOCK_POLL_MAX_MS)
  }
}
