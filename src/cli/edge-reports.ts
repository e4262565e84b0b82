import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { z } from 'zod'
import type { EdgeReport } from '../api/metrics.ts'

const ANSWER_WAIT_MS = 1_000

const reportSchema = z.object({
  edgeId: z.number(),
  snapshotVersion: z.number(),
  counters: z.record(z.string(), z.number()),
  linkRefusals: z.record(z.string(), z.number()),
  requestDurationMs: z.object({
    buckets: z.array(z.object({ le: z.number(), count: z.number() })),
    count: z.number(),
    sum: z.number(),
  }),
})

/** Asks every edge that has a socket in `<dataDir>/run`; those that do not answer are left out. */
export async function readEdgeReports(dataDir: string): Promise<readonly EdgeReport[]> {
  const runDir = join(dataDir, 'run')
  const names = (await readdir(runDir)).filter((name) => /^edge-\d+\.sock$/.test(name))
  const reports = await Promise.all(names.map((name) => readReport(join(runDir, name))))
  return reports.filter((report) => report !== undefined)
}

async function readReport(socketPath: string): Promise<EdgeReport | undefined> {
  const dispatcher = new Agent({ connect: { socketPath } })
  try {
    const signal = AbortSignal.timeout(ANSWER_WAIT_MS)
    const response = await request('http://edge/internal/metrics', { dispatcher, signal })
    return reportSchema.parse(await response.body.json())
  } catch {
    // A socket that nobody listens on: its edge is down, which trailpost_edges_up shows.
    return undefined
  } finally {
    await dispatcher.close()
  }
}
