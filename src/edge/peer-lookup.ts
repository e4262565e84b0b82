import { Agent } from 'node:http'
import { join } from 'node:path'
import { Circuit } from './circuit.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { type RememberedVisit, rememberedVisitSchema } from './remembered-visit.ts'
import { requestOverUnixSocket } from './unix-request.ts'

export type PeerLookup = {
  /**
   * Asks the edge of this machine that made the click id.
   * Undefined when it does not remember the visit, or is not there. Never rejects.
   */
  find(clickId: string, processId: number): Promise<RememberedVisit | undefined>
  close(): void
}

/** The unix socket an edge answers its neighbours on. */
export function edgeSocketPath(dataDir: string, edgeId: number): string {
  return join(dataDir, 'run', `edge-${edgeId}.sock`)
}

export function createPeerLookup(options: {
  readonly dataDir: string
  readonly ownEdgeId: number
  readonly clock: () => number
}): PeerLookup {
  const agent = new Agent({ keepAlive: true, maxSockets: EDGE_LIMITS.peerSocketsMax })
  // One circuit per process id: at most 1024, the range of process ids.
  const circuits = new Map<number, Circuit>()
  return {
    async find(clickId, processId) {
      if (processId === options.ownEdgeId) return undefined
      const circuit = circuits.get(processId) ?? new Circuit(options.clock)
      circuits.set(processId, circuit)
      if (!circuit.allows()) return undefined
      try {
        const answer = await requestOverUnixSocket({
          agent,
          socketPath: edgeSocketPath(options.dataDir, processId),
          method: 'GET',
          path: `/internal/visits/${clickId}`,
          timeoutMs: EDGE_LIMITS.peerLookupTimeoutMs,
          answerBytesMax: EDGE_LIMITS.answerBytesMax,
        })
        const visit = answer.status === 200 ? rememberedVisitSchema.parse(JSON.parse(answer.text)) : undefined
        circuit.succeeded()
        return visit
      } catch {
        circuit.failed()
        return undefined
      }
    },
    close: () => agent.destroy(),
  }
}
