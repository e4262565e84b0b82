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
 * to campaigns that lead to one offer, through one edge in the same run. Rounds alternate and are short, and the ratio
 * is the median of each round's: what else such a machine does changes from one second to the next.
 */
const CONNECTIONS = 64
const ROUND_SECONDS = 2
const ROUNDS = 11
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
  const ratios: number[] = []
  const plainRounds: Round[] = []
  const flowRounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const plainSide = await load(edge, plain, ROUND_SECONDS)
    const flowSide = await load(edge, flow, ROUND_SECONDS)
    plainRounds.push(plainSide)
    flowRounds.push(flowSide)
    ratios.push(flowSide.rps / plainSide.rps)
  }
  report('plain_rps', middle(plainRounds.map(({ rps }) => rps)), '1/s')
  report('plain_cpu_us', middle(plainRounds.map(({ cpuUs }) => cpuUs)), 'us/request')
  report('flow_rps', middle(flowRounds.map(({ rps }) => rps)), '1/s')
  report('flow_cpu_us', middle(flowRounds.map(({ cpuUs }) => cpuUs)), 'us/request')
  report('ratio_plain', middle(ratios), 'ratio')
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

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
