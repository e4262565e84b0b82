import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { EdgeMetrics } from './edge-metrics.ts'

/** Header names and values, alternating: the form that node:http writes without building an object first. */
export type HeaderList = readonly string[]

const PORT = /:\d*$/

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage
  readonly path: string
  /** The query string as sent, without '?', one character per byte. */
  readonly rawQuery: string
  readonly #response: ServerResponse
  readonly #metrics: EdgeMetrics
  readonly #startedMs = performance.now()

  constructor(request: IncomingMessage, response: ServerResponse, metrics: EdgeMetrics) {
    const target = request.url ?? ''
    const question = target.indexOf('?')
    this.request = request
    this.path = question === -1 ? target : target.slice(0, question)
    this.rawQuery = question === -1 ? '' : target.slice(question + 1)
    this.#response = response
    this.#metrics = metrics
  }

  /** The host that the visitor asked for, lower case, without port; '' when none is told. */
  get host(): string {
    const host = (this.request.headers.host ?? '').toLowerCase()
    return host.replace(PORT, '')
  }

  /** Length of path and query as sent. */
  get targetBytes(): number {
    return this.request.url?.length ?? 0
  }

  get answered(): boolean {
    return this.#response.headersSent
  }

  /** Answers with a body and its length. node:http leaves the body of a HEAD answer out by itself. */
  send(status: number, headers: HeaderList, body: string | Buffer): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    this.#response.writeHead(status, [...headers, 'Content-Length', String(length)])
    this.#response.end(body)
    this.#metrics.observeRequest(performance.now() - this.#startedMs)
  }

  /** Answers without a body: with a status that allows none (204, 304). */
  sendHeaders(status: number, headers: HeaderList): void {
    this.#response.writeHead(status, [...headers])
    this.#response.end()
    this.#metrics.observeRequest(performance.now() - this.#startedMs)
  }

  /** Tells the client that this connection ends with the answer. */
  closeAfterAnswer(): void {
    this.#response.shouldKeepAlive = false
  }
}
