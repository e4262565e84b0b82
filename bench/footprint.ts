import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { setUpOwner } from '../src/cli/demo/api-client.ts'
import { freePort, type Installation, startInstallation } from '../src/cli/demo/installation.ts'
import { appendVisits } from './support/append-visits.ts'
import { createBenchCampaign } from './support/bench-campaign.ts'
import { recordVisits } from './support/edge-visits.ts'
import { startLoading } from './support/loading-ledger.ts'
import { processTree, proportionalBytes, residentBytes } from './support/process-cost.ts'
import { createReporter } from './support/report.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/** What Trailpost needs before it does anything, and what it keeps of a visit. */
const IDLE_MS = 8_000
const LOOK_MS = 10
const START_MS_MAX = 60_000
const DIFFERENT_VISITS = 20_000
const VISITS = 200_000
/** The visits are dated over two days, so that an hour of the ledger has some thousands of them. */
const SPAN_MS = 48 * 3_600_000
const MEGABYTE = 1_000_000

const report = createReporter('footprint', process.argv.includes('--json'))
await withTemporaryDirectory(async (dir) => {
  const options = {
    dataDir: join(dir, 'installation'),
    edges: availableParallelism(),
    ports: { publicPort: await freePort(), dashboardPort: await freePort() },
  }
  // A fresh installation has no campaign yet: 404 is the first answer that its configuration gives.
  const fresh = await timeStart(options, '/c/none', 404)
  report('start_ms', fresh.ms, 'ms')
  const path = await withStop(fresh.installation, async (installation) => {
    const link = await createBenchCampaign(await setUpOwner(installation))
    await sleep(IDLE_MS)
    reportMemory(installation.pid)
    return link
  })
  const again = await timeStart(options, path, 302)
  report('restart_ms', again.ms, 'ms')
  await withStop(again.installation, async () => {})
  await measureDisk(dir)
})

async function withStop<T>(installation: Installation, run: (installation: Installation) => Promise<T>) {
  try {
    return await run(installation)
  } finally {
    await installation.stop()
  }
}

/** From spawning `trailpost start` to the first request that is answered from the snapshot. */
async function timeStart(
  options: Parameters<typeof startInstallation>[0] & { readonly ports: { readonly publicPort: number } },
  path: string,
  status: number,
): Promise<{ ms: number; installation: Installation }> {
  const startedAt = performance.now()
  const starting = startInstallation(options)
  const answeredAt = untilAnswered(`http://127.0.0.1:${options.ports.publicPort}${path}`, status)
  const [installation, at] = await Promise.all([starting, answeredAt])
  return { ms: at - startedAt, installation }
}

async function untilAnswered(url: string, status: number): Promise<number> {
  const signal = AbortSignal.timeout(START_MS_MAX)
  for (;;) {
    signal.throwIfAborted()
    const response = await request(url).catch(() => undefined)
    await response?.body.dump()
    if (response?.statusCode === status) return performance.now()
    await sleep(LOOK_MS)
  }
}

/**
 * rss_mb counts memory that processes share (Node's and the engine's code) once, as the machine does: it is the sum
 * of the proportional set sizes. rss_sum_mb is the plain sum of resident sizes, where it counts for each process.
 */
function reportMemory(pid: number): void {
  const processes = processTree(pid)
  const sum = (bytesOf: (pid: number) => number) =>
    processes.reduce((total, process) => total + bytesOf(process), 0) / MEGABYTE
  report('rss_mb', sum(proportionalBytes), 'MB')
  report('rss_sum_mb', sum(residentBytes), 'MB')
  report('processes', processes.length, 'processes')
}

/** Active parts of the ledger, indexes included, as the loader and the engine's merges have left them. */
async function measureDisk(dir: string): Promise<void> {
  const fromDir = await recordVisits(join(dir, 'recorded'), DIFFERENT_VISITS)
  const dataDir = join(dir, 'data')
  const toDir = join(dataDir, 'journal', 'edge-0')
  await appendVisits({ fromDir, toDir, count: VISITS, rate: 0, spanMs: SPAN_MS })
  const loading = await startLoading(dataDir)
  try {
    await loading.untilRows(VISITS)
    const [row] = await loading.ledger.lookUp<{ bytes: number }>(
      "SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE table = 'ledger' AND active",
    )
    report('bytes_per_visit', (row?.bytes ?? 0) / VISITS, 'bytes')
  } finally {
    await loading.stop()
  }
}
