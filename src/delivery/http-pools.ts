import { isIP } from 'node:net'
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici'
import { CallTrace, type Line } from './call-phases.ts'
import type { Guard } from './guard.ts'

/** To one origin at once; further calls wait within their own time-out. */
const CONNECTIONS_PER_ORIGIN_MAX = 128
/** Origins with pools; the one that was not called for the longest is closed for a new one. */
const ORIGINS_KEPT_MAX = 512
/** An unused connection is closed after this, however long the receiver offers to keep it. */
const IDLE_CONNECTION_MS = 4_000
/** A busy connection is replaced after this, so that a name which has moved is looked up again. */
const CONNECTION_AGE_MS_MAX = 300_000
/** Response headers beyond this are a protocol failure. */
const RESPONSE_HEADERS_BYTES_MAX = 16_384

export type HttpPoolOptions = {
  readonly guard: Pick<Guard, 'connect'>
  readonly originsKeptMax?: number
}

/**
 * Connections that are kept between calls, by origin, each opened by the guard. A call whose `opaque` is a CallTrace
 * is told of its way through them.
 */
export class HttpPools {
  readonly #connect: Guard['connect']
  readonly #originsKeptMax: number
  /** Least recently used first. */
  readonly #pools = new Map<string, Pool>()
  readonly #closing = new Set<Promise<void>>()

  constructor({ guard, originsKeptMax = ORIGINS_KEPT_MAX }: HttpPoolOptions) {
    this.#connect = guard.connect
    this.#originsKeptMax = originsKeptMax
  }

  /** Valid until the caller yields: call it at once. @param origin scheme, host and port. */
  of(origin: string): Dispatcher {
    const pool = this.#pools.get(origin) ?? this.#open(origin)
    this.#pools.delete(origin)
    this.#pools.set(origin, pool)
    for (const [oldest, unused] of this.#pools) {
      if (this.#pools.size <= this.#originsKeptMax) break
      this.#pools.delete(oldest)
      this.#retire(unused)
    }
    return pool
  }

  /** Calls under way are finished first. */
  async close(): Promise<void> {
    for (const pool of this.#pools.values()) this.#retire(pool)
    this.#pools.clear()
    await Promise.all(this.#closing)
  }

  #open(origin: string): Pool {
    return new Pool(origin, {
      factory: (url, options) => new TracedClient(url, options, this.#connect),
      connections: CONNECTIONS_PER_ORIGIN_MAX,
      clientTtl: CONNECTION_AGE_MS_MAX,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
      maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    })
  }

  #retire(pool: Pool): void {
    const closed = pool.close().finally(() => this.#closing.delete(closed))
    this.#closing.add(closed)
  }
}

/** A client of a pool has one connection, and one call at a time. */
class TracedClient extends Client {
  readonly #line: Line

  constructor(origin: URL, options: Client.Options, connect: Guard['connect']) {
    const line: Line = {}
    super(origin, {
      ...options,
      connect: (target, callback) => openLine(line, connect, { target, callback }),
    })
    this.#line = line
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if ('opaque' in options && options.opaque instanceof CallTrace) options.opaque.given(this.#line)
    return super.dispatch(options, handler)
  }
}

type Asked = { readonly target: buildConnector.Options; readonly callback: buildConnector.Callback }

function openLine(line: Line, connect: Guard['connect'], { target, callback }: Asked): void {
  line.opening = {
    startedAt: performance.now(),
    isNamed: isIP(target.hostname) === 0,
    isSecure: target.protocol === 'https:',
  }
  connect(target, callback, line.opening)
}
