import { join } from 'node:path'
import { openChdbEngine } from './chdb-engine.ts'
import { openClickHouseEngine } from './clickhouse-engine.ts'
import type { LedgerEngine } from './engine.ts'
import { type Ledger, LedgerUnavailableError, type QueryParams, toInsertError } from './ledger.ts'
import { LedgerVersionError, migrateLedger } from './migrations.ts'

/**
 * Opens the ledger and brings its tables up to date.
 * @param options.clickhouseUrl http(s)://…; '' for chDB in `<dataDir>/ledger`, which one process may open
 */
export async function openLedger(options: {
  readonly clickhouseUrl: string
  readonly dataDir: string
}): Promise<Ledger> {
  const engine = await openEngine(options)
  try {
    await available(migrateLedger(engine))
    return toLedger(engine)
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function openEngine(options: { clickhouseUrl: string; dataDir: string }): Promise<LedgerEngine> {
  if (options.clickhouseUrl !== '') return openClickHouseEngine(options.clickhouseUrl)
  return await openChdbEngine(join(options.dataDir, 'ledger'))
}

function toLedger(engine: LedgerEngine): Ledger {
  return {
    query: async <T>(sql: string, params: QueryParams, signal?: AbortSignal) =>
      await available(engine.query<T>(sql, params, signal)),
    lookUp: async <T>(sql: string) => await available(engine.lookUp<T>(sql)),
    command: async (sql, params) => await available(engine.command(sql, params)),
    insertRows: async (jsonLines, token) => {
      const bytes = typeof jsonLines === 'string' ? Buffer.from(jsonLines) : jsonLines
      if (bytes.length === 0) return
      try {
        await engine.insert(bytes, token)
      } catch (error) {
        throw toInsertError(error)
      }
    },
    ping: async () => await available(engine.ping()),
    close: async () => await engine.close(),
  }
}

async function available<T>(attempt: Promise<T>): Promise<T> {
  try {
    return await attempt
  } catch (error) {
    throw error instanceof LedgerVersionError ? error : new LedgerUnavailableError(error)
  }
}
