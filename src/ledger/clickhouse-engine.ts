import { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { INSERT_TABLE, insertSettings, type LedgerEngine } from './engine.ts'
import { CONNECTIONS_MAX, REQUEST_TIMEOUT_MS } from './limits.ts'

/** The ledger on a ClickHouse server. @param url http(s)://user:password@host:port/database */
export function openClickHouseEngine(url: string): LedgerEngine {
  const client = createClient({
    url,
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: CONNECTIONS_MAX,
    // A filter of many values is longer than an address may be.
    use_multipart_params_auto: true,
    // Every error reaches the caller, who knows whether it matters.
    log: { level: ClickHouseLogLevel.OFF },
  })
  const query = async <T>(
    sql: string,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<T[]> => {
    const request = { query: sql, query_params: params, format: 'JSONEachRow' } as const
    const answer = await client.query({ ...request, ...(signal && { abort_signal: signal }) })
    return await answer.json<T>()
  }
  return {
    query,
    lookUp: async (sql) => await query(sql, {}, undefined),
    command: async (sql, params) => {
      await client.command({ query: sql, query_params: params })
    },
    insert: async (jsonLines, token) => {
      // As one chunk: iterating over a Buffer would send it byte by byte.
      const answer = await client.exec({
        query: `INSERT INTO ${INSERT_TABLE} FORMAT JSONEachRow`,
        values: Readable.from([jsonLines], { objectMode: false }),
        clickhouse_settings: insertSettings(token),
      })
      for await (const _ of answer.stream) void _
    },
    ping: async () => {
      const answer = await client.ping()
      if (!answer.success) throw answer.error
    },
    close: async () => await client.close(),
  }
}
