import { type ApiClient, setUpOwner } from '../src/cli/demo/api-client.ts'
import { readReport } from '../src/cli/demo/demo-report.ts'
import { freePort, type Installation, startInstallation } from '../src/cli/demo/installation.ts'
import { CLICK_ID_PARAM, createBenchCampaign } from './support/bench-campaign.ts'
import { runLoad, visitRequests } from './support/load.ts'
import type { LoadPlan } from './support/load-process.ts'
import { cpuSeconds, processTree } from './support/process-cost.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'
import { until } from './support/until.ts'

/**
 * Postbacks per second through a whole installation: edge, journal, judgement in core, one SQL transaction, an
 * answer that tells the truth. Nobody is notified: deliveries have a benchmark of their own.
 */
const CONVERSIONS = 10_000
const VISIT_CONNECTIONS = 32
const POSTBACK_CONNECTIONS = 128
const SECONDS_MAX = 60

const report = createReporter('conversions', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => {
  const ports = { publicPort: await freePort(), dashboardPort: await freePort() }
  const options = { dataDir, edges: 1, ports }
  const { api, clickIds } = await withInstallation(options, makeVisits)
  // A new start has no visits in memory: core finds them in the ledger, as it does when sales come hours later.
  await withInstallation(options, (installation) => measure(installation, clickIds, api))
})

async function withInstallation<T>(
  options: Parameters<typeof startInstallation>[0],
  run: (installation: Installation) => Promise<T>,
): Promise<T> {
  const installation = await startInstallation(options)
  try {
    return await run(installation)
  } finally {
    await installation.stop()
  }
}

async function makeVisits(installation: Installation) {
  const api = await setUpOwner(installation)
  const path = await createBenchCampaign(api)
  const requests = visitRequests((n) => `${path}?subid=src-${n}`, CONVERSIONS)
  const { collected } = await loadOnce(installation.publicPort, requests, VISIT_CONNECTIONS)
  const clickIds = [...new Set(collected)]
  if (clickIds.length !== CONVERSIONS) throw new Error(`only ${clickIds.length} visits were redirected`)
  await until('every visit is reported', async () => (await readSums(api)).visits === CONVERSIONS)
  return { api, clickIds }
}

async function measure(
  { publicPort, pid }: Installation,
  clickIds: readonly string[],
  api: ApiClient,
): Promise<void> {
  const requests = clickIds.map((clickId, n) => postback(clickId, n))
  const cpuSecondsBefore = treeCpuSeconds(pid)
  const { outcomes, seconds, p50Ms, p99Ms } = await loadOnce(publicPort, requests, POSTBACK_CONNECTIONS)
  const cpuUs = ((treeCpuSeconds(pid) - cpuSecondsBefore) * 1e6) / CONVERSIONS
  const { recorded = 0, queued = 0 } = outcomes
  if (recorded + queued !== CONVERSIONS) throw new Error(`other outcomes: ${JSON.stringify(outcomes)}`)
  await until('every conversion is reported', async () => (await readSums(api)).conversions === CONVERSIONS)
  report('per_s', recorded / seconds, '1/s')
  report('cpu_us', cpuUs, 'us/postback')
  report('p50_ms', p50Ms, 'ms')
  report('p99_ms', p99Ms, 'ms')
  report('queued', queued, 'conversions')
}

function loadOnce(port: number, requests: readonly string[], connections: number) {
  const plan: LoadPlan = { port, connections, seconds: SECONDS_MAX, rate: 0, requests, once: true }
  return runLoad({ ...plan, collect: CLICK_ID_PARAM })
}

function treeCpuSeconds(pid: number): number {
  return processTree(pid).reduce((sum, process) => sum + cpuSeconds(process), 0)
}

function postback(clickId: string, n: number): string {
  return `GET /postback?cid=${clickId}&payout=1.25&txid=T-${n} HTTP/1.1\r\nHost: localhost\r\n\r\n`
}

async function readSums(api: ApiClient): Promise<{ visits: number; conversions: number }> {
  const campaigns = [...(await readReport(api)).values()]
  return {
    visits: campaigns.reduce((sum, campaign) => sum + campaign.visits, 0),
    conversions: campaigns.reduce((sum, campaign) => sum + campaign.conversions, 0),
  }
}
