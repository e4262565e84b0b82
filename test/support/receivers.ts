import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createGuard, type Resolve } from '../../src/delivery/guard.ts'
import { type Call, createSender, type Sender, type SendResult } from '../../src/delivery/send.ts'

export const NOW = 1_772_366_400_000
const TOTAL_TIMEOUT_MS = 500

export type Received = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly body: string }

/** What a test of the sender works with; close it after each. */
export class Receivers {
  readonly #cleanups: (() => Promise<unknown>)[] = []

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup()
  }

  /** A receiver that speaks HTTP and remembers what it got. */
  async serve(answer: RequestListener) {
    const received: Received[] = []
    const server = createHttpServer({ maxHeaderSize: 65_536 }, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method, url, headers } = request
        received.push({ method, url, headers, body: Buffer.concat(chunks).toString() } as Received)
        answer(request, response)
      })
    })
    let connections = 0
    server.on('connection', () => {
      connections += 1
    })
    const url = await listen(server)
    const close = () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }
    this.#cleanups.push(close)
    return { url, received, close, connections: () => connections }
  }

  /** A receiver that says whatever it likes, each time something has come in on a new connection. */
  async serveBytes(answer: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('data', () => answer(socket))
    })
    const url = await listen(server)
    this.#cleanups.push(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    })
    return url
  }

  /** A sender that may call loopback. */
  sender(options: { allowPrivateTargets?: string[]; resolve?: Resolve } = {}): Sender {
    const guard = createGuard({ allowPrivateTargets: ['127.0.0.0/8'], ...options })
    const sender = createSender({ guard, version: '9.9.9', totalTimeoutMs: TOTAL_TIMEOUT_MS })
    this.#cleanups.push(() => sender.close())
    return sender
  }

  /** One call by a sender of its own. */
  async send(
    call: Partial<Call>,
    options: { allowPrivateTargets?: string[]; resolve?: Resolve } = {},
  ): Promise<SendResult> {
    return await this.sender(options).send(callOf(call), NOW)
  }

  /** Closes the server with the test. */
  async listen(server: Server): Promise<string> {
    const url = await listen(server)
    this.#cleanups.push(() => new Promise((resolve) => server.close(resolve)))
    return url
  }
}

/** An unsigned GET, unless told. */
export function callOf(call: Partial<Call>): Call {
  return {
    id: 'delivery1',
    method: 'GET',
    url: '',
    body: '',
    contentType: '',
    signing: [],
    headers: {},
    ...call,
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : ''}`
}
