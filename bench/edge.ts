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
const WARM_SECONDS = 2

type Side = {
  readonly rps: number
  readonly cpuUs: number
  readonly answered: number
  readonly result: LoadResult
}

const report = createReporter('edge', process.argv.includes('--json'))
const requests = visitRequests(benchVisitPath)
await withTemporaryDirectory(measure)

async function measure(dataDir: string): Promise<void> {
  writeBenchSnapshot(dataDir)
  const barePort = await freePort()
  const edgePort = await freePort()
  const bare = await startBareServers(barePort, PROCESSES)
  const edges = await startEdges(edgePort, PROCESSES, dataDir)
  const nginx = await startNginx(PROCESSES)

  let answered = 0
  await load(bare, barePort, WARM_SECONDS)
  answered += (await load(edges, edgePort, WARM_SECONDS)).answered
  const rounds: { bare: Side[]; edge: Side[]; nginx: Side[] } = { bare: [], edge: [], nginx: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.bare.push(await load(bare, barePort, ROUND_SECONDS))
    const side = await load(edges, edgePort, ROUND_SECONDS)
    rounds.edge.push(side)
    answered += side.answered
    if (nginx !== undefined) rounds.nginx.push(await load(nginx, nginx.port, ROUND_SECONDS))
  }
  const edge = median(rounds.edge)
  const reference = median(rounds.bare)
  report('rps', edge.rps, '1/s')
  report('cpu_us', edge.cpuUs, 'us/request')
  report('bare_rps', reference.rps, '1/s')
  report('bare_cpu_us', reference.cpuUs, 'us/request')
  report('ratio_bare_node', edge.rps / reference.rps, 'ratio')
  if (nginx !== undefined) report('ratio_nginx', edge.rps / median(rounds.nginx).rps, 'ratio')

  const rate = edge.rps / 2
  const bareHalf = await load(bare, barePort, ROUND_SECONDS, rate)
  const edgeHalf = await load(edges, edgePort, ROUND_SECONDS, rate)
  answered += edgeHalf.answered
  report('p50_ms', edgeHalf.result.p50Ms, 'ms')
  report('p99_ms', edgeHalf.result.p99Ms, 'ms')
  report('bare_p99_ms', bareHalf.result.p99Ms, 'ms')

  await Promise.all([bare.stop(), edges.stop(), nginx?.stop()])
  const loaded = await countLoadedVisits(dataDir, answered)
  report('lost', answered - loaded.visits, 'visits')
  report('doubled', loaded.rows - loaded.visits, 'visits')
}

async function load(servers: Servers, port: number, seconds: number, rate = 0): Promise<Side> {
  const before = servers.cpuSeconds()
  const result = await runLoad({ port, connections: CONNECTIONS, seconds, rate, requests })
  const others = Object.keys(result.statuses).filter((status) => status !== '302')
  if (result.errors > 0 || others.length > 0) {
    throw new Error(`not every answer was a redirect: ${JSON.stringify(result)}`)
  }
  const cpuUs = ((servers.cpuSeconds() - before) * 1e6) / result.answered
  return { rps: result.answered / result.seconds, cpuUs, answered: result.answered, result }
}

function median(sides: readonly Side[]): Side {
  const middle = [...sides].sort((a, b) => a.rps - b.rps)[Math.floor(sides.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}
