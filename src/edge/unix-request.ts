import { type Agent, request } from 'node:http'

export type UnixRequest = {
  readonly agent: Agent
  readonly socketPath: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON. */
  readonly body?: string
  readonly timeoutMs: number
  readonly answerBytesMax: number
  readonly signal?: AbortSignal
}

export type UnixAnswer = { readonly status: number; readonly text: string }

/** A neighbour process did not answer in time, or not at all, or with too much. */
class NeighbourError extends Error {
  readonly code = 'neighbour_unreachable'
}

/**
 * One HTTP exchange over a unix socket.
 * @throws NeighbourError
 */
export function requestOverUnixSocket(options: UnixRequest): Promise<UnixAnswer> {
  return new Promise((resolve, reject) => {
    const { agent, socketPath, method, path, body, signal } = options
    const headers: Record<string, string | number> =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const fail = (cause: unknown): void => {
      clearTimeout(timer)
      reject(new NeighbourError(`${method} ${path} over ${socketPath} failed`, { cause }))
    }
    const outgoing = request({ agent, socketPath, method, path, headers, ...(signal ? { signal } : {}) })
    // Covers connecting, waiting and the body: a socket time-out alone would restart with every byte.
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no answer in ${options.timeoutMs} ms`))
    }, options.timeoutMs)
    outgoing.once('error', fail)
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = []
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > options.answerBytesMax) {
          outgoing.destroy(new Error(`an answer over ${options.answerBytesMax} bytes`))
        }
        chunks.push(chunk)
      })
      incoming.once('error', fail)
      incoming.once('end', () => {
        clearTimeout(timer)
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.end(body)
  })
}
