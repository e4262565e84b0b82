import { type ApiClient, field, setUpOwner } from '../src/cli/demo/api-client.ts'
import { freePort, type Installation, startInstallation } from '../src/cli/demo/installation.ts'
import { ADVERTISER_CLICK_ID_PARAM, createBenchAffiliates, PIXEL_MARK } from './support/bench-affiliates.ts'
import { runLoad, visitRequests } from './support/load.ts'
import { createReporter } from './support/report.ts'
import { type Sink, startSink } from './support/sink.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'
import { until } from './support/until.ts'

/**
 * An advertiser's iframe pixel at a steady rate, answered with the affiliate's pixels nested in it, while the
 * affiliates' postbacks leave. Some pages are loaded again: those are duplicates, and must show nothing.
 */
const RATE = 200
const CONVERSIONS = 4_000
/** Of them, those that an installation which has just started sees before it is measured. */
const WARMING = 600
const RELOADED_EVERY = 10
/** A reload comes this many requests after the page. */
const RELOADED_AFTER = 100
const AFFILIATES = 20
const CONNECTIONS = 64
const SECONDS_MAX = 60
const DAY_MS = 86_400_000

type Bench = {
  readonly installation: Installation
  readonly api: ApiClient
  readonly sink: Sink
  readonly offerId: string
  readonly clickIds: readonly string[]
}

const report = createReporter('pixels', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => {
  const ports = { publicPort: await freePort(), dashboardPort: await freePort() }
  const settings = { TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.1' }
  const installation = await startInstallation({ dataDir, edges: 1, ports, settings })
  const sink = await startSink()
  try {
    await measure(await prepare(installation, sink))
  } finally {
    await installation.stop()
    await sink.stop()
  }
})

async function prepare(installation: Installation, sink: Sink): Promise<Bench> {
  const api = await setUpOwner(installation)
  const postbackUrl = `${sink.origins[0]}/pb?c={aff_click_id}&v={payout}&s={status}`
  const { dashboardUrl } = installation
  const { offerId, links } = await createBenchAffiliates(api, {
    dashboardUrl,
    count: AFFILIATES,
    postbackUrl,
  })
  const requests = visitRequests((n) => `${links[n % links.length]}?aff_click_id=src-${n}`, CONVERSIONS)
  const plan = { port: installation.publicPort, connections: CONNECTIONS, seconds: SECONDS_MAX, rate: 0 }
  const { collected } = await runLoad({ ...plan, requests, once: true, collect: ADVERTISER_CLICK_ID_PARAM })
  const clickIds = [...new Set(collected)]
  if (clickIds.length !== CONVERSIONS) throw new Error(`only ${clickIds.length} visits were redirected`)
  await until('every visit is reported', async () => (await readSums(api)).visits === CONVERSIONS)
  return { installation, api, sink, offerId, clickIds }
}

async function measure({ installation, api, sink, offerId, clickIds }: Bench): Promise<void> {
  const pixels = clickIds.map((clickId, n) => pixel(offerId, clickId, n))
  const plan = { port: installation.publicPort, connections: CONNECTIONS, seconds: SECONDS_MAX, rate: RATE }
  await runLoad({ ...plan, requests: pixels.slice(0, WARMING), once: true })
  const requests = withReloads(pixels.slice(WARMING))
  const load = { ...plan, requests, once: true, holding: PIXEL_MARK }
  const { outcomes, holding, errors, p50Ms, p99Ms } = await runLoad(load)
  const { recorded = 0, duplicate = 0, queued = 0 } = outcomes
  if (errors > 0 || recorded + duplicate + queued !== requests.length) {
    throw new Error(`other outcomes: ${JSON.stringify({ ...outcomes, errors })}`)
  }
  if (holding !== recorded) throw new Error(`${recorded} were recorded, and ${holding} showed pixels`)
  await until('every conversion is reported', async () => (await readSums(api)).conversions >= CONVERSIONS)
  await until('every postback has left', async () => (await sink.countCalls()) >= CONVERSIONS)
  const { conversions } = await readSums(api)
  const calls = await sink.countCalls()
  report('p50_ms', p50Ms, 'ms')
  report('p99_ms', p99Ms, 'ms')
  report('queued', queued, 'pixels')
  report('doubled', conversions - CONVERSIONS + (calls - CONVERSIONS), 'conversions')
  report('wrong_duplicates', Math.abs(requests.length - (CONVERSIONS - WARMING) - duplicate), 'pixels')
}

function pixel(offerId: string, clickId: string, n: number): string {
  const query = `offer=${offerId}&cid=${clickId}&payout=10&txid=T-${n}`
  return `GET /pixel.html?${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`
}

function withReloads(pixels: readonly string[]): readonly string[] {
  const reload = (n: number) => pixels[n - RELOADED_AFTER] ?? ''
  return pixels.flatMap((one, n) =>
    n >= RELOADED_AFTER && n % RELOADED_EVERY === 0 ? [one, reload(n)] : [one],
  )
}

async function readSums(api: ApiClient): Promise<{ visits: number; conversions: number }> {
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)
  const metrics = ['visits', 'conversions']
  const answer = await api.post('/reports', { from: day(-1), to: day(1), timeZone: 'UTC', metrics })
  const totals = field(answer, 'totals')
  return { visits: Number(field(totals, 'visits')), conversions: Number(field(totals, 'conversions')) }
}
