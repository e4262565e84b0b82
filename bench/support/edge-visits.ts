import { join } from 'node:path'
import { freePort } from '../../src/cli/demo/installation.ts'
import { runLoad } from './load.ts'
import { manyVisitRequests } from './many-visitors.ts'
import { startEdges } from './servers.ts'
import { writeBenchSnapshot } from './snapshot.ts'

const CONNECTIONS = 32
const SECONDS_MAX = 60

/**
 * Sends visits, each unlike the others, through a real edge.
 * @returns the directory of its journal, which then holds exactly these visits.
 */
export async function recordVisits(dataDir: string, count: number): Promise<string> {
  writeBenchSnapshot(dataDir)
  await sendVisits(dataDir, count)
  return join(dataDir, 'journal', 'edge-0')
}

async function sendVisits(dataDir: string, count: number): Promise<void> {
  await using edges = await startEdges(await freePort(), 1, dataDir)
  const { statuses } = await runLoad({
    port: edges.port,
    connections: CONNECTIONS,
    seconds: SECONDS_MAX,
    rate: 0,
    requests: manyVisitRequests(count),
    once: true,
  })
  if (statuses['302'] !== count)
    throw new Error(`not every visit was redirected: ${JSON.stringify(statuses)}`)
}
