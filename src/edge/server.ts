import { randomInt } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createClickIdMaker } from '../domain/click-id.ts'
import { createClickIdKey } from '../domain/click-id-key.ts'
import type { JournalWriter } from '../journal/journal-writer.ts'
import { AddressVisits } from './address-visits.ts'
import { sendText } from './answers.ts'
import { createClientAddressReader } from './client-address.ts'
import { createCoreClient } from './core-client.ts'
import { createDeviceReader } from './device.ts'
import type { EdgeContext } from './edge-context.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { EdgeMetrics, type EdgeMetricsReport } from './edge-metrics.ts'
import { Exchange } from './exchange.ts'
import { openGeo } from './geo.ts'
import { createHitId } from './hit-id.ts'
import { createHops } from './hop.ts'
import { createProofOf } from './installation-proof.ts'
import { createLanguageReader } from './language.ts'
import { createPeerLookup, edgeSocketPath } from './peer-lookup.ts'
import { startPeerServer } from './peer-server.ts'
import { type PublicServer, startPublicServer } from './public-server.ts'
import { RepeatedLog } from './repeated-log.ts'
import { route } from './route.ts'
import { startSnapshotSource } from './snapshot-source.ts'
import { VisitMemory } from './visit-memory.ts'

const UINT32_END = 2 ** 32

export type EdgeOptions = {
  /** 0 to 1023, unique in the installation: click ids carry it. */
  readonly edgeId: number
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly dataDir: string
  /** As visitors see the tracking host; its scheme decides about cookies where no trusted proxy tells. */
  readonly publicUrl: string
  /** The instance's secret. */
  readonly secret: Uint8Array
  /** Addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** Paths of .mmdb files; '' for the packaged city database, and for no ASN database. */
  readonly geoDatabase: string
  readonly asnDatabase: string
  /** This edge's own; the edge closes it when it stops. */
  readonly journal: Pick<JournalWriter, 'append' | 'close'>
  readonly log: Logger
  /** Unix milliseconds; Date.now unless told. */
  readonly clock?: () => number
}

export type Edge = {
  readonly port: number
  readonly metrics: () => EdgeMetricsReport
  /** Stops accepting, answers what is in flight, drains the journal. A second call waits for the first. */
  readonly close: () => Promise<void>
}

/**
 * Starts one edge: the public HTTP server of a tracking host. It serves from the snapshot on disk until core
 * answers on `<dataDir>/run/core.sock`.
 * @throws when the port, the socket, a database file or a trusted proxy's range is no good.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const context = await createContext(options)
  const peerServer = await startPeerServer({
    socketPath: edgeSocketPath(options.dataDir, options.edgeId),
    findVisit: (clickId) => context.visits.find(clickId),
    metrics: () => context.metrics.report(options.edgeId, context.snapshots.index.version),
    healthy: () => context.snapshots.index.version >= 0,
  })
  const server = await startPublicServer({
    host: options.host,
    port: options.port,
    onRequest: (request, response) => {
      void answer(context, request, response)
    },
    onBadRequest: () => {
      context.metrics.count('badRequests')
    },
  })
  let closing: Promise<void> | undefined
  return {
    port: server.port,
    metrics: () => context.metrics.report(options.edgeId, context.snapshots.index.version),
    close: () => {
      closing ??= closeEdge({ context, server, peerServer, journal: options.journal })
      return closing
    },
  }
}

async function createContext(options: EdgeOptions): Promise<EdgeContext> {
  const { dataDir, edgeId, log, clock = Date.now } = options
  const coreSocketPath = join(dataDir, 'run', 'core.sock')
  const clickIdKey = createClickIdKey(options.secret)
  return {
    clock,
    journal: options.journal,
    addresses: createClientAddressReader(options.trustedProxies, options.publicUrl.startsWith('https://')),
    addressVisits: new AddressVisits(),
    paidAddresses: new AddressVisits(),
    publicHost: new URL(options.publicUrl).hostname,
    geo: openGeo(options.geoDatabase, options.asnDatabase),
    devices: createDeviceReader(),
    languages: createLanguageReader(),
    snapshots: await startSnapshotSource({ dataDir, coreSocketPath, edgeId, log }),
    core: createCoreClient(coreSocketPath, clock),
    peers: createPeerLookup({ dataDir, ownEdgeId: edgeId, clock }),
    visits: new VisitMemory(EDGE_LIMITS.visitsRememberedMax),
    makeClickId: createClickIdMaker({
      key: clickIdKey,
      processId: edgeId,
      randomBits: () => randomInt(UINT32_END),
    }),
    makeHitId: createHitId,
    clickIdKey,
    hops: createHops(options.secret),
    proofOf: createProofOf(options.secret),
    metrics: new EdgeMetrics(),
    log,
    failures: new RepeatedLog(log, clock),
  }
}

/** A bug ends its own request and no other. */
async function answer(
  context: EdgeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = new Exchange(request, response, context.metrics)
  try {
    await route(context, exchange)
  } catch (error) {
    context.metrics.count('requestsFailed')
    context.log.error({ err: error, path: exchange.path }, 'a request failed')
    if (exchange.answered) request.destroy()
    else sendText(exchange, 500, 'internal error')
  }
}

type Running = {
  readonly context: EdgeContext
  readonly server: PublicServer
  readonly peerServer: { close(): Promise<void> }
  readonly journal: Pick<JournalWriter, 'close'>
}

/** Neighbours are answered until the public side is quiet: their visitors may have been ours. */
async function closeEdge({ context, server, peerServer, journal }: Running): Promise<void> {
  await server.stop()
  await context.snapshots.close()
  await peerServer.close()
  context.core.close()
  context.peers.close()
  await journal.close()
  context.geo.close()
}
