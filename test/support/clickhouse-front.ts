import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'

/**
 * ClickHouse's HTTP protocol over chDB: the same engine behind real HTTP, as far as @clickhouse/client uses it.
 * Runs in a process of its own, because a process can open one chDB directory. Beside queries it knows
 * `/front/fail?times=N&after=1`: the next N inserts are answered 503, with `after` once they took effect.
 */

export type ClickHouseFront = {
  readonly url: string
  /** The next inserts fail: before they take effect, or after, when the answer alone is lost. */
  failInserts(times: number, when: 'before' | 'after'): Promise<void>
  /** Ends the process as a power switch does; `startClickHouseFront` with its port brings it back. */
  kill(): Promise<void>
}

/** @param port 0 for any that is free. */
export async function startClickHouseFront(path: string, port = 0): Promise<ClickHouseFront> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), path, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await firstLine(child)
  return {
    url,
    failInserts: async (times, when) => {
      await fetch(`${url}/front/fail?times=${times}${when === 'after' ? '&after=1' : ''}`)
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('the ClickHouse front ended before it listened')
}

type Fault = { times: number; after: boolean }

function serve(path: string, port: number): void {
  const connection = createChdbConnection({ path })
  const fault: Fault = { times: 0, after: false }
  const server = createServer((request, response) => {
    answer(connection, fault, { request, response }).catch((error: unknown) => sendError(response, error))
  })
  server.listen(port, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`)
  })
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse }

async function answer(connection: ChdbConnection, fault: Fault, exchange: Exchange): Promise<void> {
  const { request, response } = exchange
  const url = new URL(request.url ?? '/', 'http://front')
  if (url.pathname === '/ping') {
    response.end('Ok.\n')
    return
  }
  if (url.pathname === '/front/fail') {
    fault.times = Number(url.searchParams.get('times'))
    fault.after = url.searchParams.has('after')
    response.end()
    return
  }
  const body = await readBody(request)
  const statement = url.searchParams.get('query')
  if (statement === null) await answerQuery(connection, await readStatement(request, body, url), response)
  else await answerInsert(connection, fault, { statement, body, settings: insertSettings(url), response })
}

type Statement = { readonly sql: string; readonly params: readonly (readonly [string, string])[] }

/** Parameters stand in the address, or, when they are long, beside the statement in a form. */
async function readStatement(request: IncomingMessage, body: Buffer, url: URL): Promise<Statement> {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/')) return { sql: body.toString('utf8'), params: [...url.searchParams] }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const params = [...form].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return { sql: new Map(params).get('query') ?? '', params }
}

async function answerQuery(
  connection: ChdbConnection,
  { sql, params }: Statement,
  response: ServerResponse,
): Promise<void> {
  const named = params.filter(([name]) => name.startsWith(PARAM))
  const { stream } = await connection.query({
    query: sql,
    query_params: Object.fromEntries(
      named.map(([name, value]) => [name.slice(PARAM.length), toParam(sql, name.slice(PARAM.length), value)]),
    ),
  })
  for await (const chunk of stream) response.write(chunk)
  response.end()
}

async function answerInsert(
  connection: ChdbConnection,
  fault: Fault,
  insert: {
    statement: string
    body: Buffer
    settings: Record<string, string>
    response: ServerResponse
  },
): Promise<void> {
  const table = /^INSERT INTO (\w+)\s+FORMAT JSONEachRow\s*$/.exec(insert.statement)?.[1]
  if (table === undefined)
    throw new Error(`Code: 62. DB::Exception: unexpected: ${insert.statement} (SYNTAX_ERROR)`)
  const failing = fault.times > 0
  if (failing) fault.times--
  if (!failing || fault.after) {
    const { body: values, settings } = insert
    await connection.chdb.rawInsert({ table, values, format: 'JSONEachRow', settings })
  }
  if (failing) throw new Error('Code: 252. DB::Exception: as the test wished (TOO_MANY_PARTS)')
  insert.response.end()
}

const NO_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'wait_end_of_query',
  'default_format',
])

function insertSettings(url: URL): Record<string, string> {
  const settings = [...url.searchParams].filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith(PARAM))
  return Object.fromEntries(settings)
}

function sendError(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? rootMessage(error) : String(error)
  const code = /Code: (\d+)\./.exec(message)?.[1] ?? '1002'
  response.writeHead(500, { 'X-ClickHouse-Exception-Code': code })
  response.end(message)
}

/** chDB's own text, which has the code in front as a server's answer does. */
function rootMessage(error: Error): string {
  const { cause } = error
  return cause instanceof Error ? rootMessage(cause) : error.message
}

const PARAM = 'param_'

/** What the client was given: it has written the value for the protocol, and chDB's binding writes it anew. */
function toParam(sql: string, name: string, value: string): string | string[] {
  if (!sql.includes(`{${name}:Array(String)}`)) return unescapeText(value)
  return [...value.matchAll(/'((?:[^'\\]|\\.)*)'/gs)].map(([, text]) => unescapeText(text ?? ''))
}

function unescapeText(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' }
  return text.replace(/\\(.)/gs, (_, letter: string) => letters[letter] ?? letter)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const [, script, path, port] = process.argv
if (script === fileURLToPath(import.meta.url) && path !== undefined) serve(path, Number(port))
