import { freePort } from '../src/cli/demo/installation.ts'
import { countLoadedVisits } from './support/count-visits.ts'
import { runLoad, visitRequests } from './support/load.ts'
import type { LoadResult } from './support/load-process.ts'
import { startNginx } from './support/nginx.ts'
import { createReporter } from './support/report.ts'
import { type Servers, startBareServers, startEdges } from './support/servers.ts'
import { benchVisitPath, writeBenchSnapshot } from './support/snapshot.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * Recorded, fsynced redirects beside a bare node:http 302, in the same run, with the same number of processes.
 * One server process and one generator process: on a machine of two cores more would measure the scheduler.
 * Rounds alternate, and the median of each side counts, because these machines are noisy.
 */
const PROCESSES = 1
const CONNECTIONS = 64
const ROUND_SECONDS = 4
const ROUNDS = 3
const WARM_SECONDS = 4

type Side = { readonly rps: number; readonly cpuUs: number; readonly result: LoadResult }

const report = createReporter('edge', process.argv.includes('--json'))
const requests = visitRequests(benchVisitPath)
await withTemporaryDirectory(measure)

async function measure(dataDir: string): Promise<void> {
  writeBenchSnapshot(dataDir)
  const answered = await measureServers(dataDir)
  const loaded = await countLoadedVisits(dataDir, answered)
  report('lost', answered - loaded.visits, 'visits')
  report('doubled', loaded.rows - loaded.visits, 'visits')
}

/** @returns how many visits the edges have answered. */
async function measureServers(dataDir: string): Promise<number> {
  await using bare = await startBareServers(await freePort(), PROCESSES)
  await using edge = await startEdges(await freePort(), PROCESSES, dataDir)
  await using nginx = await startNginx(PROCESSES)
  await load(bare, WARM_SECONDS)
  const warm = await load(edge, WARM_SECONDS)
  const rounds = await runRounds({ bare, edge, nginx })
  const rate = reportRates(rounds) / 2
  const bareHalf = await load(bare, ROUND_SECONDS, rate)
  const edgeHalf = await load(edge, ROUND_SECONDS, rate)
  report('p50_ms', edgeHalf.result.p50Ms, 'ms')
  report('p99_ms', edgeHalf.result.p99Ms, 'ms')
  report('bare_p99_ms', bareHalf.result.p99Ms, 'ms')
  return [warm, ...rounds.edge, edgeHalf].reduce((sum, { result }) => sum + result.answered, 0)
}

type Rounds = { readonly bare: Side[]; readonly edge: Side[]; readonly nginx: Side[] }

async function runRounds(sides: {
  readonly bare: Servers
  readonly edge: Servers
  readonly nginx: Servers | undefined
}): Promise<Rounds> {
  const rounds: Rounds = { bare: [], edge: [], nginx: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.bare.push(await load(sides.bare, ROUND_SECONDS))
    rounds.edge.push(await load(sides.edge, ROUND_SECONDS))
    if (sides.nginx !== undefined) rounds.nginx.push(await load(sides.nginx, ROUND_SECONDS))
  }
  return rounds
}

/** @returns the edge's rate, requests per second. */
function reportRates(rounds: Rounds): number {
  const edge = median(rounds.edge)
  const bare = median(rounds.bare)
  report('rps', edge.rps, '1/s')
  report('cpu_us', edge.cpuUs, 'us/request')
  report('bare_rps', bare.rps, '1/s')
  report('bare_cpu_us', bare.cpuUs, 'us/request')
  report('ratio_bare_node', edge.rps / bare.rps, 'ratio')
  if (rounds.nginx.length > 0) report('ratio_nginx', edge.rps / median(rounds.nginx).rps, 'ratio')
  return edge.rps
}

async function load(servers: Servers, seconds: number, rate = 0): Promise<Side> {
  const before = servers.cpuSeconds()
  const result = await runLoad({ port: servers.port, connections: CONNECTIONS, seconds, rate, requests })
  const others = Object.keys(result.statuses).filter((status) => status !== '302')
  if (result.errors > 0 || others.length > 0) {
    throw new Error(`not every answer was a redirect: ${JSON.stringify(result)}`)
  }
  const cpuUs = ((servers.cpuSeconds() - before) * 1e6) / result.answered
  return { rps: result.answered / result.seconds, cpuUs, result }
}

function median(sides: readonly Side[]): Side {
  const middle = [...sides].sort((a, b) => a.rps - b.rps)[Math.floor(sides.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}
