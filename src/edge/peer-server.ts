import { mkdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import type { EdgeMetricsReport } from './edge-metrics.ts'
import type { RememberedVisit } from './remembered-visit.ts'

const VISITS_PREFIX = '/internal/visits/'

export type PeerServerOptions = {
  readonly socketPath: string
  readonly findVisit: (clickId: string) => RememberedVisit | undefined
  readonly metrics: () => EdgeMetricsReport
  readonly healthy: () => boolean
}

/**
 * Answers this machine's other processes over a unix socket: recent visits to the edges beside this one,
 * metrics and health to the supervisor and core. The socket's directory is the installation's own.
 */
export async function startPeerServer(options: PeerServerOptions): Promise<{ close(): Promise<void> }> {
  await mkdir(dirname(options.socketPath), { recursive: true })
  // A process that was killed leaves its socket file behind; the journal's lock keeps a living one out.
  await rm(options.socketPath, { force: true })
  const server = createServer((request, response) => {
    answer(options, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.socketPath, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { close: () => closeServer(server) }
}

function answer(options: PeerServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? ''
  if (path.startsWith(VISITS_PREFIX)) {
    const visit = options.findVisit(path.slice(VISITS_PREFIX.length))
    answerJson(response, visit === undefined ? 404 : 200, visit ?? { error: 'unknown visit' })
  } else if (path === '/internal/metrics') {
    answerJson(response, 200, options.metrics())
  } else if (path === '/internal/health') {
    answerJson(response, options.healthy() ? 200 : 503, { ok: options.healthy() })
  } else {
    answerJson(response, 404, { error: 'no such resource' })
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}
