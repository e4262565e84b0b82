import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import type { ClickRecord, ViewRecord } from '../../src/domain/journal-record.ts'
import { RECORD_TYPE } from '../../src/domain/journal-record.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Snapshot, SnapshotCampaign } from '../../src/domain/snapshot.ts'
import { type Edge, type EdgeOptions, startEdge } from '../../src/edge/server.ts'
import { JournalReader } from '../../src/journal/journal-reader.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'

export const SECRET = Buffer.alloc(32, 7)

/** A whole edge on a free port, with a real journal and a protocol peer in core's place. */
export type EdgeRig = {
  readonly edge: Edge
  readonly core: CorePeer
  readonly dataDir: string
  /** What the journal holds now. */
  records(): Promise<JournalContents>
  get(path: string, options?: Ask): Promise<Answer>
  stop(): Promise<void>
}

export type JournalContents = {
  readonly visits: readonly LedgerRow[]
  readonly impressions: readonly LedgerRow[]
  readonly clicks: readonly ClickRecord[]
  readonly views: readonly ViewRecord[]
  readonly hits: readonly Hit[]
}

export type Ask = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly cookies: readonly string[]
  readonly text: string
  readonly bytes: Buffer
}

export async function startRig(
  options: {
    readonly snapshot?: Snapshot
    readonly withoutCore?: boolean
    readonly dataDir?: string
    readonly edge?: Partial<EdgeOptions>
  } = {},
): Promise<EdgeRig> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'edge-')))
  const edgeId = options.edge?.edgeId ?? 0
  const journalDir = join(dataDir, 'journal', `edge-${edgeId}`)
  const core = new CorePeer(join(dataDir, 'run', 'core.sock'), options.snapshot ?? testSnapshot())
  if (options.withoutCore !== true) await core.start()
  const edge = await startEdge({
    edgeId,
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: 'http://localhost',
    secret: SECRET,
    trustedProxies: [],
    geoDatabase: '',
    asnDatabase: '',
    journal: options.edge?.journal ?? (await JournalWriter.open({ dir: journalDir, durability: 'disk' })),
    log: pino({ level: 'silent' }),
    ...options.edge,
  })
  if (options.withoutCore !== true) await until(() => edge.metrics().snapshotVersion >= 0)
  return {
    edge,
    core,
    dataDir,
    records: () => readJournal(journalDir),
    get: (path, asked) => ask(edge.port, path, asked),
    async stop() {
      await edge.close()
      await core.stop()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Speaks core's side of the edge's protocol on a unix socket: snapshots by long-poll, judgements, visits. */
export class CorePeer {
  readonly hits: Hit[] = []
  readonly batches: number[] = []
  /** By click id, as core would find them in the ledger. */
  readonly visits = new Map<string, object>()
  /** Whether a click id has converted at an offer. */
  hasConverted: (clickId: string, offerId: string) => boolean | Promise<boolean> = () => false
  judge: (hit: Hit) => HitAnswer | Promise<HitAnswer> = (hit) => ({
    hit: hit.id,
    outcome: 'recorded',
    conversion: 'c1',
  })
  readonly #path: string
  #snapshot: Snapshot
  #server: Server | undefined
  readonly #waiting = new Set<ServerResponse>()

  constructor(path: string, snapshot: Snapshot) {
    this.#path = path
    this.#snapshot = snapshot
  }

  async start(): Promise<void> {
    await mkdir(join(this.#path, '..'), { recursive: true })
    await rm(this.#path, { force: true })
    this.#server = createServer((incoming, response) => {
      void this.#answer(incoming, response)
    })
    await new Promise<void>((resolve) => this.#server?.listen(this.#path, resolve))
  }

  publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    for (const response of this.#waiting) sendJson(response, snapshot)
    this.#waiting.clear()
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', 'http://core')
    if (url.pathname === '/internal/snapshot') {
      if (this.#snapshot.version > Number(url.searchParams.get('after'))) sendJson(response, this.#snapshot)
      else this.#waiting.add(response)
    } else if (url.pathname === '/internal/hits') {
      const { hits } = JSON.parse((await readAll(incoming)).toString('utf8')) as { hits: Hit[] }
      this.hits.push(...hits)
      this.batches.push(hits.length)
      sendJson(response, { answers: await Promise.all(hits.map(async (hit) => this.judge(hit))) })
    } else if (url.pathname === '/internal/converted') {
      const { searchParams: asked } = url
      const converted = await this.hasConverted(asked.get('clickId') ?? '', asked.get('offer') ?? '')
      sendJson(response, { converted })
    } else {
      const visit = this.visits.get(url.pathname.split('/').at(-1) ?? '')
      if (visit === undefined) response.writeHead(404).end()
      else sendJson(response, visit)
    }
  }
}

export function testSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    format: 3,
    version: 1,
    workspaces: [
      {
        id: 'w1',
        currency: 'USD',
        timeZone: 'UTC',
        uniqueHours: 0,
        fraud: DEFAULT_FRAUD_SETTINGS,
        fallbackUrl: 'https://fallback.example/w',
        attributionWindowDays: 30,
      },
    ],
    trafficSources: [
      {
        id: 'ts1',
        workspace: 'w1',
        name: 'Source One',
        externalIdParam: 'xid',
        costParam: 'bid',
        currency: 'EUR',
        tokens: [{ name: 'keyword', param: 'kw' }],
        trafficLossPercent: 0,
      },
    ],
    offers: [
      offer('o1'),
      offer('o2'),
      offer('o3', 'https://offer.example/o3?s={sub1}&k={token.keyword}&x={externalid}&cid={clickid}'),
    ],
    landers: [
      {
        id: 'l1',
        workspace: 'w1',
        name: 'Lander',
        url: 'https://lander.example/?cid={clickid}',
        ctaCount: 1,
        protection: null,
        legacyIds: [],
      },
      {
        id: 'l2',
        workspace: 'w1',
        name: 'Two calls',
        url: 'https://lander.example/two',
        ctaCount: 2,
        protection: null,
        legacyIds: [],
      },
    ],
    campaigns: [
      campaign('direct'),
      campaign('lander', { paths: [{ ...path('p-l1', ['o1']), landers: [{ id: 'l1', weight: 1 }] }] }),
      campaign('two', { paths: [{ ...path('p-l2', ['o1', 'o2']), landers: [{ id: 'l2', weight: 1 }] }] }),
      campaign('rich', { paths: [{ ...path('p-l3', ['o3']), landers: [{ id: 'l1', weight: 1 }] }] }),
      campaign('paused', { status: 'paused' }),
    ],
    flows: [],
    domains: [],
    affiliates: [],
    ratesMicros: { USD: 1_000_000, EUR: 800_000 },
    ...changes,
  }
}

export function campaign(slug: string, changes: Partial<SnapshotCampaign> = {}): SnapshotCampaign {
  return {
    id: `c-${slug}`,
    workspace: 'w1',
    slug,
    name: `Campaign ${slug}`,
    status: 'active',
    trafficSourceId: 'ts1',
    redirectMode: '302',
    costModel: { type: 'none' },
    fallbackUrl: '',
    flowId: '',
    rules: [],
    sticky: 'none',
    uniqueHours: 0,
    legacyIds: [],
    paths: [path(`p-${slug}`, ['o1'])],
    ...changes,
  }
}

export function path(id: string, offers: readonly string[]): SnapshotCampaign['paths'][number] {
  return { id, weight: 1, landers: [], offers: offers.map((offerId) => ({ id: offerId, weight: 1 })) }
}

export function offer(
  id: string,
  url = `https://offer.example/${id}?cid={clickid}`,
): Snapshot['offers'][number] {
  return {
    id,
    workspace: 'w1',
    name: `Offer ${id}`,
    affiliateNetworkId: 'n1',
    affiliateNetworkName: 'Network One',
    url,
    payoutMicros: null,
    currency: 'USD',
    campaignId: '',
    countries: [],
    cappedUntil: 0,
    fallbackOfferId: '',
    legacyIds: [],
    advertiserId: '',
    terms: null,
  }
}

/** Raw request: fetch would tidy the URL and refuse some headers. */
export function ask(port: number, target: string, options: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    const outgoing = request({ host: '127.0.0.1', port, path: target, method, headers, agent: false })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming) => {
      readAll(incoming).then((bytes) => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          cookies: incoming.headers['set-cookie'] ?? [],
          text: bytes.toString('utf8'),
          bytes,
        })
      }, reject)
    })
    outgoing.end(body)
  })
}

/** Polls: the tests assert states, not times. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

async function readJournal(dir: string): Promise<JournalContents> {
  const contents = { visits: [], impressions: [], clicks: [], views: [], hits: [] } as {
    visits: LedgerRow[]
    impressions: LedgerRow[]
    clicks: ClickRecord[]
    views: ViewRecord[]
    hits: Hit[]
  }
  const reader = await JournalReader.open({ dir, from: undefined })
  for (;;) {
    const batch = await reader.next({ recordsMax: 1_000, bytesMax: 1_000_000 })
    if (batch === undefined) break
    for (const { type, payload } of batch.records) {
      const text = payload.toString('utf8')
      if (type === RECORD_TYPE.visit) contents.visits.push(readVisit(text))
      else if (type === RECORD_TYPE.impression) contents.impressions.push(JSON.parse(text))
      else if (type === RECORD_TYPE.click) contents.clicks.push(JSON.parse(text))
      else if (type === RECORD_TYPE.view) contents.views.push(JSON.parse(text))
      else contents.hits.push(JSON.parse(text))
    }
  }
  await reader.close()
  return contents
}

function readVisit(text: string): LedgerRow {
  const row: LedgerRow = JSON.parse(text.slice(26))
  if (row.click_id !== text.slice(0, 26)) throw new Error('the payload does not begin with its click id')
  return row
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}
