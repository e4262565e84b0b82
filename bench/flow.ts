import { request } from 'undici'
import { freePort } from '../src/cli/demo/installation.ts'
import { flowSnapshot, flowVisitPath } from './support/flow-snapshot.ts'
import { runLoad, visitRequests } from './support/load.ts'
import { createReporter } from './support/report.ts'
import { type Servers, startEdges } from './support/servers.ts'
import { benchVisitPath, writeBenchSnapshot } from './support/snapshot.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * What a flow costs: visits of returning, sticky visitors to campaigns with twenty rules and ten paths, beside visits
 * to campaigns that lead to one offer, through one edge in the same run. Rounds alternate, and the median of each side
 * counts, because these machines are noisy.
 */
const CONNECTIONS = 64
const ROUND_SECONDS = 4
const ROUNDS = 5
const WARM_SECONDS = 6

type Round = { readonly rps: number; readonly cpuUs: number }

const report = createReporter('flow', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => {
  writeBenchSnapshot(dataDir, flowSnapshot())
  await using edge = await startEdges(await freePort(), 1, dataDir)
  const plain = visitRequests(benchVisitPath)
  const cookies = await firstVisits(edge.port)
  const flow = visitRequests(flowVisitPath, cookies.length, cookies)
  await load(edge, plain, WARM_SECONDS)
  await load(edge, flow, WARM_SECONDS)
  const plainRounds: Round[] = []
  const flowRounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    plainRounds.push(await load(edge, plain, ROUND_SECONDS))
    flowRounds.push(await load(edge, flow, ROUND_SECONDS))
  }
  const plainRound = median(plainRounds)
  const flowRound = median(flowRounds)
  report('plain_rps', plainRound.rps, '1/s')
  report('plain_cpu_us', plainRound.cpuUs, 'us/request')
  report('flow_rps', flowRound.rps, '1/s')
  report('flow_cpu_us', flowRound.cpuUs, 'us/request')
  report('ratio_plain', flowRound.rps / plainRound.rps, 'ratio')
})

/** @returns the cookies with which each visitor comes back. */
async function firstVisits(port: number): Promise<string[]> {
  const cookies: string[] = []
  for (const head of visitRequests(flowVisitPath)) {
    const [first = '', ...lines] = head.trimEnd().split('\r\n')
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)).filter(isSendable))
    const response = await request(`http://127.0.0.1:${port}${first.split(' ')[1] ?? ''}`, { headers })
    await response.body.dump()
    cookies.push(
      [response.headers['set-cookie'] ?? []]
        .flat()
        .map((text) => text.split(';')[0])
        .join('; '),
    )
  }
  return cookies
}

/** undici writes its own Connection and Host. */
function isSendable([name = '']: readonly string[]): boolean {
  return name !== 'Connection' && name !== 'Host'
}

async function load(servers: Servers, requests: readonly string[], seconds: number): Promise<Round> {
  const before = servers.cpuSeconds()
  const result = await runLoad({ port: servers.port, connections: CONNECTIONS, seconds, rate: 0, requests })
  const others = Object.keys(result.statuses).filter((status) => status !== '302')
  if (result.errors > 0 || others.length > 0) {
    throw new Error(`not every answer was a redirect: ${JSON.stringify(result)}`)
  }
  const cpuUs = ((servers.cpuSeconds() - before) * 1e6) / result.answered
  return { rps: result.answered / result.seconds, cpuUs }
}

function median(rounds: readonly Round[]): Round {
  const middle = [...rounds].sort((a, b) => a.rps - b.rps)[Math.floor(rounds.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}
