import { setTimeout as sleep } from 'node:timers/promises'
import { expireDeliveries } from '../store/delivery-expiry.ts'
import { renewLeases } from '../store/delivery-leases.ts'
import { reportAlive, reportStopped } from '../store/delivery-workers.ts'
import type { Store } from '../store/open-store.ts'
import { LEASE_MS } from './lease.ts'
import type { WorkerShare } from './target-limits.ts'

/** Often enough that a beat may fail and no lease is lost. */
const BEAT_INTERVAL_MS = 10_000
/** A worker that is silent for longer is dead: others take its part of the limits. */
const SILENT_MS_MAX = 35_000
const EXPIRY_INTERVAL_MS = 1_000
/** Given up in one statement. */
const EXPIRED_ROWS_MAX = 500

export type HeartbeatOptions = {
  readonly store: Store
  readonly workerId: string
  /** Unix milliseconds; the same for all workers. */
  readonly clock: () => number
  /** Before each beat: brings the clock in line with those of the others. */
  readonly syncClock?: () => Promise<void>
  /** Deliveries that are being sent, with when they were claimed. */
  readonly running: ReadonlyMap<string, number>
  readonly onShare: (share: WorkerShare) => void
  readonly onError: (error: unknown) => void
}

/**
 * What a worker does by the clock and not for a delivery: it says that it is alive, keeps its leases, and gives up what
 * has expired.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #stop = new AbortController()
  readonly #loops: Promise<void>[] = []

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** The first beat: before it, the worker would take all of what it has to share. */
  async start(): Promise<void> {
    if (this.#loops.length > 0) return
    await this.#beat()
    this.#loops.push(this.#repeat(BEAT_INTERVAL_MS, () => this.#beat()))
    this.#loops.push(this.#repeat(EXPIRY_INTERVAL_MS, () => this.#expire()))
  }

  /** Once nothing is being sent any more. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
    const { store, workerId, onError } = this.#options
    await reportStopped(store.db, workerId).catch(onError)
  }

  async #beat(): Promise<void> {
    const { store, workerId, clock, syncClock, running, onShare } = this.#options
    await syncClock?.()
    const now = clock()
    const workers = await reportAlive(store.db, { id: workerId, now, silentMsMax: SILENT_MS_MAX })
    // Most calls are over before their lease is worth a statement.
    const ids = [...running].filter(([, since]) => since <= now - BEAT_INTERVAL_MS).map(([id]) => id)
    await renewLeases(store.db, store.engine, { workerId, ids, until: now + LEASE_MS })
    onShare({ index: Math.max(0, workers.indexOf(workerId)), count: Math.max(1, workers.length) })
  }

  async #expire(): Promise<void> {
    const { store, clock } = this.#options
    const batch = { now: clock(), limit: EXPIRED_ROWS_MAX }
    while (!this.#stop.signal.aborted) {
      if ((await expireDeliveries(store.db, store.engine, batch)) < EXPIRED_ROWS_MAX) return
      // Others have their turn between two batches: on SQLite a statement holds the whole process.
      await sleepUntilAborted(0, this.#stop.signal)
    }
  }

  async #repeat(intervalMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await sleepUntilAborted(intervalMs, signal)
      if (!signal.aborted) await work().catch(this.#options.onError)
    }
  }
}

async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
