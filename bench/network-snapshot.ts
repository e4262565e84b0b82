import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pino from 'pino'
import { request } from 'undici'
import { freePort } from '../src/cli/demo/installation.ts'
import type { Snapshot, SnapshotAffiliate, SnapshotOffer } from '../src/domain/snapshot.ts'
import { toSnapshotText } from '../src/domain/snapshot-text.ts'
import { indexSnapshot } from '../src/edge/index-snapshot.ts'
import { SnapshotReader } from '../src/edge/snapshot-reader.ts'
import { createReporter } from './support/report.ts'
import { startEdges } from './support/servers.ts'
import { BENCH_SNAPSHOT, writeBenchSnapshot } from './support/snapshot.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * A large network: each of ten thousand affiliates was let into each of two thousand offers. How long an edge takes to
 * read it, at its start and again after one offer was edited, how long it answers nobody meanwhile, and what it needs
 * once every offer and every affiliate has had a visitor.
 */
const AFFILIATES = 10_000
const OFFERS = 2_000
/** Affiliates of each offer with a payout of their own. */
const CUSTOM_PAYOUTS = 20
const EVERYBODY = Buffer.alloc(Math.ceil(AFFILIATES / 8), 0xff).toString('base64')
const LOADS = 5
const MEGABYTE = 1_000_000
const NANOSECONDS_PER_MS = 1_000_000
const LOG = pino({ level: 'silent' })

const report = createReporter('network-snapshot', process.argv.includes('--json'))
await measureLoad()
await withTemporaryDirectory(measureMemory)

async function measureLoad(): Promise<void> {
  const snapshot = largeNetwork()
  const text = toSnapshotText(snapshot)
  report('bytes', text.length, 'bytes')
  const offers = snapshot.offers.map((offer) =>
    offer.id === 'offer0' ? { ...offer, name: 'Edited' } : offer,
  )
  const edited = toSnapshotText({ ...snapshot, offers })
  const loads: number[] = []
  const reloads: number[] = []
  const pauses = monitorEventLoopDelay({ resolution: 1 })
  pauses.enable()
  for (let load = 0; load < LOADS; load += 1) {
    const reader = new SnapshotReader()
    loads.push(await timeLoad(reader, text))
    reloads.push(await timeLoad(reader, edited))
  }
  pauses.disable()
  report('load_ms', median(loads), 'ms')
  report('reload_ms', median(reloads), 'ms')
  report('pause_max_ms', pauses.max / NANOSECONDS_PER_MS, 'ms')
}

async function timeLoad(reader: SnapshotReader, text: string): Promise<number> {
  const startedAt = performance.now()
  indexSnapshot(await reader.read(text), LOG)
  return performance.now() - startedAt
}

/** edge_mb is one whole edge; empty_edge_mb the same without a network. */
async function measureMemory(dir: string): Promise<void> {
  const withNetwork = join(dir, 'network')
  const empty = join(dir, 'empty')
  writeBenchSnapshot(empty)
  writeBenchSnapshot(withNetwork)
  writeFileSync(join(withNetwork, 'edge', 'snapshot.json'), toSnapshotText(largeNetwork()))
  report('empty_edge_mb', await measureEdge(empty, []), 'MB')
  const links = Array.from({ length: AFFILIATES }, (_, n) => `/o/offer${n % OFFERS}/affiliate${n}?sub1=${n}`)
  report('edge_mb', await measureEdge(withNetwork, links), 'MB')
}

async function measureEdge(dataDir: string, paths: readonly string[]): Promise<number> {
  await using edge = await startEdges(await freePort(), 1, dataDir)
  for (const path of paths) {
    const response = await request(`http://127.0.0.1:${edge.port}${path}`)
    await response.body.dump()
    if (response.statusCode !== 302) throw new Error(`${path} was answered ${response.statusCode}`)
  }
  return edge.memoryBytes() / MEGABYTE
}

function largeNetwork(): Snapshot {
  return {
    ...BENCH_SNAPSHOT,
    affiliates: Array.from({ length: AFFILIATES }, (_, n) => benchAffiliate(n)),
    offers: [...BENCH_SNAPSHOT.offers, ...Array.from({ length: OFFERS }, (_, n) => benchOffer(n))],
  }
}

function benchAffiliate(n: number): SnapshotAffiliate {
  return {
    id: `affiliate${n}`,
    workspace: 'bench',
    name: `Affiliate ${n}`,
    status: 'active',
    tier: n % 10 === 0 ? 'gold' : '',
    blockedSources: n % 100 === 0 ? ['toolbar', 'popunder'] : [],
    legacyIds: [`tune:${n}`],
  }
}

function benchOffer(n: number): SnapshotOffer {
  return {
    id: `offer${n}`,
    workspace: 'bench',
    name: `Offer ${n}`,
    affiliateNetworkId: '',
    affiliateNetworkName: '',
    url: `https://advertiser${n % 100}.example/offer/${n}?tid={clickid}&aff={affiliate.id}&s={sub1}`,
    payoutMicros: null,
    currency: 'USD',
    campaignId: '',
    countries: [],
    cappedUntil: 0,
    fallbackOfferId: '',
    legacyIds: [`tune:${n}`],
    advertiserId: `advertiser${n % 100}`,
    terms: {
      status: 'active',
      expiresAt: null,
      advertiserActive: true,
      protocol: 'postback',
      openToAll: false,
      affiliates: EVERYBODY,
      targeting: { all: [{ field: 'bot', operator: 'is_not', values: ['prefetch'] }] },
      visitMicros: { revenue: 300_000, payout: 200_000 },
      impressionMicros: { revenue: 0, payout: 0 },
      tierPayouts: [{ tier: 'gold', visitMicros: 250_000, impressionMicros: 0 }],
      customPayouts: Array.from({ length: CUSTOM_PAYOUTS }, (_, k) => ({
        affiliate: (n + k * 97) % AFFILIATES,
        visitMicros: 220_000,
        impressionMicros: 0,
      })),
      cappedAffiliates: [],
      convertedUrl: '',
      landingPages: [{ id: 'p1', url: `https://advertiser${n % 100}.example/page?tid={clickid}` }],
      deepLinkDomains: [`advertiser${n % 100}.example`],
      clickIdParam: 'tid',
    },
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
