import { mkdir } from 'node:fs/promises'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'
import { INSERT_TABLE, insertSettings, type LedgerEngine } from './engine.ts'

/** A connection does one thing at a time, so an insert that waits for the disk needs a second one beside it. */
const INSERT_CONNECTIONS = 2

/**
 * The ledger inside this process. One process can open one directory, and no other process may open it meanwhile.
 *
 * Queries, look-ups and inserts have connections of their own, because a connection runs one statement after
 * another. Inserts go to the native call, which takes the bytes as they are; the client would make a string of
 * them, and leave every setting of one insert set for the next.
 */
export async function openChdbEngine(path: string): Promise<LedgerEngine> {
  await mkdir(path, { recursive: true })
  const connections: ChdbConnection[] = []
  const connect = (): ChdbConnection => {
    const connection = createChdbConnection({ path })
    connections.push(connection)
    return connection
  }
  const reports = toClient(connect())
  const lookUps = toClient(connect())
  const inserts = Array.from({ length: INSERT_CONNECTIONS }, connect)
  let insertCount = 0
  return {
    query: async <T>(sql: string, params: Readonly<Record<string, unknown>>, signal?: AbortSignal) => {
      const request = { query: sql, query_params: params, format: 'JSONEachRow' } as const
      const answer = await reports.query({ ...request, ...(signal && { abort_signal: signal }) })
      return await answer.json<T>()
    },
    lookUp: async <T>(sql: string) => {
      const answer = await lookUps.query({ query: sql, format: 'JSONEachRow' })
      return await answer.json<T>()
    },
    command: async (sql, params) => {
      await reports.command({ query: sql, query_params: params })
    },
    insert: async (values, token) => {
      const connection = inserts[insertCount++ % INSERT_CONNECTIONS]
      const settings = insertSettings(token)
      await connection?.chdb.rawInsert({ table: INSERT_TABLE, format: 'JSONEachRow', values, settings })
    },
    ping: async () => {
      await lookUps.query({ query: 'SELECT 1', format: 'JSONEachRow' })
    },
    close: async () => {
      for (const connection of connections) await connection.close()
    },
  }
}

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>

/**
 * chDB declares the client's interface from a second copy of its package; a private field in one of its classes is
 * all that makes the two differ. The contract tests run every method.
 */
function toClient(connection: ChdbConnection): ReturnType<typeof createClient> {
  const log = { level: ClickHouseLogLevel.OFF }
  return createClient({ connection: connection as unknown as ClientConnection, log })
}
