import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import { type ClickIdKey, verifyClickId } from '../domain/click-id.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { ClickLookup } from '../ledger/click-lookup.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import { hasConverted } from '../store/converted-visit.ts'
import type { Db } from '../store/transaction.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Judge } from './judge.ts'
import { JudgeUnavailableError } from './judge-error.ts'
import { parseHitsBody } from './parse-hit-record.ts'
import { offerIdOf } from './resolve-visit.ts'
import { SnapshotFeed } from './snapshot-feed.ts'

export type InternalServerOptions = {
  /** `<dataDir>/run/core.sock`; the user's own: whoever can open it may report conversions. */
  readonly socketPath: string
  readonly judge: Judge
  readonly ledgerLookup: ClickLookup
  readonly db: Db
  readonly clickIdKey: ClickIdKey
  /** Unix milliseconds. */
  readonly clock: () => number
  /** A request failed for a reason of ours. For the log. */
  readonly onError: (error: unknown) => void
}

export type InternalServer = {
  /** The configuration has changed: edges that wait for a snapshot get it at once. */
  announceChange(): void
  close(): Promise<void>
}

type Answer = { readonly status: number; readonly json?: string }
type Context = InternalServerOptions & { readonly feed: SnapshotFeed; readonly stop: AbortSignal }

/** What edges ask core, over a unix socket: judgements, visits, snapshots, who converted. */
export async function startInternalServer(options: InternalServerOptions): Promise<InternalServer> {
  const stop = new AbortController()
  const context = { ...options, feed: new SnapshotFeed(options.db, options.clock), stop: stop.signal }
  const server = createServer((request, response) => void respond(context, request, response))
  await mkdir(dirname(options.socketPath), { recursive: true })
  // Left behind by a process that was killed: nobody listens there.
  await rm(options.socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.socketPath, resolve)
  })
  await chmod(options.socketPath, 0o600)
  return {
    announceChange: () => context.feed.announceChange(),
    async close() {
      stop.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await closed
    },
  }
}

async function respond(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await answerSafely(context, request)
  // An answer during the stop ends its connection, so that closing does not wait for the next request on it.
  if (context.stop.aborted) response.setHeader('connection', 'close')
  if (answer.json !== undefined) response.setHeader('content-type', 'application/json')
  response.writeHead(answer.status).end(answer.json)
}

async function answerSafely(context: Context, request: IncomingMessage): Promise<Answer> {
  try {
    return await route(context, request)
  } catch (error) {
    if (error instanceof BadRequestError) return problem(400, error.message)
    context.onError(error)
    return error instanceof JudgeUnavailableError ? problem(503, error.message) : problem(500, 'core failed')
  }
}

async function route(context: Context, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://core')
  if (request.method === 'POST' && pathname === '/internal/hits') return await judgeHits(context, request)
  if (request.method !== 'GET') return problem(404, 'no such request')
  if (pathname === '/internal/health') return { status: 200, json: '{"ok":true}' }
  if (pathname === '/internal/snapshot') return await giveSnapshot(context, searchParams)
  if (pathname === '/internal/converted') return await tellConverted(context, searchParams)
  const visit = /^\/internal\/visits\/([0-9a-z]+)$/.exec(pathname)
  if (visit?.[1] !== undefined) return await giveVisit(context, visit[1])
  return problem(404, 'no such request')
}

async function judgeHits(context: Context, request: IncomingMessage): Promise<Answer> {
  const hits = readHits(await readBody(request))
  const answers = await context.judge.judge(hits, { edgeWaits: true })
  return { status: 200, json: JSON.stringify({ answers }) }
}

function readHits(body: Buffer) {
  try {
    return parseHitsBody(body)
  } catch (error) {
    throw new BadRequestError('the body is not {"hits": […]}', { cause: error })
  }
}

/** The snapshot when it is newer than the edge's, at once or within 25 s; else 204. */
async function giveSnapshot(context: Context, params: URLSearchParams): Promise<Answer> {
  const after = Number(params.get('after') ?? '-1')
  if (!Number.isInteger(after)) throw new BadRequestError('after is not a version')
  const patience = AbortSignal.any([context.stop, AbortSignal.timeout(CONVERSION_LIMITS.snapshotWaitMs)])
  const json = await context.feed.newerThan(after, patience)
  return json === undefined ? { status: 204 } : { status: 200, json }
}

/** `?clickId=…&offer=…`: whether the visit has an earning conversion of the offer. */
async function tellConverted({ db, clickIdKey }: Context, params: URLSearchParams): Promise<Answer> {
  const clickId = params.get('clickId') ?? ''
  const isGenuine = verifyClickId(clickId, clickIdKey).ok
  const converted = isGenuine && (await hasConverted(db, clickId, params.get('offer') ?? ''))
  return { status: 200, json: JSON.stringify({ converted }) }
}

async function giveVisit(context: Context, clickId: string): Promise<Answer> {
  if (!verifyClickId(clickId, context.clickIdKey).ok) return problem(404, 'no such visit')
  const found = (await context.ledgerLookup.findVisits([clickId])).get(clickId)
  return found === undefined
    ? problem(404, 'no such visit')
    : { status: 200, json: JSON.stringify(toRoute(found)) }
}

/** What a click needs of its visit: the route, and what only the visit's own request told. */
function toRoute(found: FoundVisit) {
  const row = found.visit
  return {
    clickId: row.click_id,
    campaignId: row.campaign_id ?? '',
    pathId: row.path_id ?? '',
    landerId: row.lander_id ?? '',
    offerId: row.offer_id || offerIdOf(found),
    dimensions: toDimensions(row),
  }
}

function toDimensions(row: LedgerRow) {
  const { external_id, tokens, cost, referrer, sub1, sub2, sub3, sub4, sub5 } = row
  const { sub6, sub7, sub8, sub9, sub10 } = row
  const subs = { sub1, sub2, sub3, sub4, sub5, sub6, sub7, sub8, sub9, sub10 }
  return { external_id, tokens, cost, referrer, ...subs }
}

/** An edge says how long its body is; one that does not, or too long, is refused before it is read. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  if (!(length <= CONVERSION_LIMITS.internalBodyBytesMax)) throw new BadRequestError('no length, or too long')
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a body without an encoding comes as bytes')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function problem(status: number, message: string): Answer {
  return { status, json: JSON.stringify({ error: message }) }
}

class BadRequestError extends Error {
  readonly code = 'bad_request'
}
