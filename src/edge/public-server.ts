import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ListenOptions, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../domain/limits.ts'
import { EDGE_LIMITS } from './edge-limits.ts'

/** The public listener: time-outs, limits, refusal of what is no HTTP, and a stop that loses no request. */
export type PublicServer = {
  readonly port: number
  /** Takes no new connection, ends each open one with its next answer, and waits for what is in flight. */
  stop(): Promise<void>
}

export type PublicServerOptions = {
  readonly host: string
  readonly port: number
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void
  readonly onBadRequest: () => void
}

/** Listens. @throws when the port cannot be had. */
export async function startPublicServer(options: PublicServerOptions): Promise<PublicServer> {
  let draining = false
  const server = createServer(
    {
      maxHeaderSize: EDGE_LIMITS.headerBytesMax,
      headersTimeout: EDGE_LIMITS.headersTimeoutMs,
      requestTimeout: EDGE_LIMITS.requestTimeoutMs,
      keepAliveTimeout: EDGE_LIMITS.keepAliveTimeoutMs,
      connectionsCheckingInterval: EDGE_LIMITS.timeoutCheckMs,
    },
    (request, response) => {
      if (draining) response.shouldKeepAlive = false
      options.onRequest(request, response)
    },
  )
  server.maxHeadersCount = EDGE_LIMITS.headersCountMax
  server.maxConnections = EDGE_LIMITS.connectionsMax
  server.on('clientError', (error, socket) => {
    options.onBadRequest()
    refuse(error, socket)
  })
  await listen(server, options)
  return {
    port: portOf(server),
    async stop() {
      draining = true
      const closed = stopAccepting(server)
      await Promise.race([closed, sleep(EDGE_LIMITS.drainGraceMs)])
      await closeConnections(server, closed)
    },
  }
}

/**
 * Several edge processes listen on one port, and the kernel spreads connections over them: no process in between
 * and none shared. Where the platform has no SO_REUSEPORT (macOS, Windows) only one edge can have the port.
 */
async function listen(server: Server, { host, port }: PublicServerOptions): Promise<void> {
  const plain: ListenOptions = { host, port, backlog: EDGE_LIMITS.backlog }
  try {
    await listenOnce(server, { ...plain, reusePort: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'EINVAL') throw error
    await listenOnce(server, plain)
  }
}

function listenOnce(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Closes the listening socket alone: http.Server's own close ends idle keep-alive connections at once, on which a
 * request may be on its way.
 */
function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => {
      resolve()
    })
  })
}

/** A connection whose answer was begun before the stop turns idle after it, so that idle ones are looked for again. */
async function closeConnections(server: Server, closed: Promise<void>): Promise<void> {
  const sweep = setInterval(() => {
    server.closeIdleConnections()
  }, EDGE_LIMITS.drainSweepMs)
  const deadline = setTimeout(() => {
    server.closeAllConnections()
  }, EDGE_LIMITS.drainMs)
  server.closeIdleConnections()
  await closed
  clearInterval(sweep)
  clearTimeout(deadline)
}

/** Answers what node:http could not parse, and closes. A request line over all limits is a too long URL. */
function refuse(error: Error, socket: Duplex): void {
  if (codeOf(error) === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  socket.end(
    `HTTP/1.1 ${refusalStatus(error)}\r\nConnection: close\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n`,
  )
}

function refusalStatus(error: Error): string {
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return hasLongRequestLine(error) ? '414 URI Too Long' : '431 Request Header Fields Too Large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout'
    default:
      return '400 Bad Request'
  }
}

function hasLongRequestLine(error: Error): boolean {
  const packet: unknown = 'rawPacket' in error ? error.rawPacket : undefined
  if (!Buffer.isBuffer(packet)) return false
  const lineEnd = packet.indexOf('\r\n')
  return lineEnd === -1 || lineEnd > LIMITS.urlBytesMax
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
