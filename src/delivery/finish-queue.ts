import { setTimeout as sleep } from 'node:timers/promises'
import { cancelPendingOfTarget } from '../store/deliveries.ts'
import { type FinishedAttempt, finishAttempts } from '../store/delivery-finish.ts'
import { disableAndTell } from '../store/disable-target.ts'
import type { Store } from '../store/open-store.ts'
import { isValueError } from '../store/store-error.ts'
import { recordTargetHealth, type TargetCallsSummary } from '../store/target-health.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { type HealthCall, sumUpCalls, WellTargets } from './health-summary.ts'

/** Attempts recorded in one transaction: one sync to disk for all of them. */
const BATCH_MAX = 256
/** Cancelled in one statement: on SQLite it holds the whole process. */
const CANCELLED_ROWS_MAX = 500
const RETRY_WAIT_MS = 500
/** Once the worker stops, a store that is away is not waited for any longer: the leases run out instead. */
const TRIES_AFTER_STOP = 3

export type Finish = {
  readonly attempt: FinishedAttempt
  readonly health: HealthCall
  /** The receiver wants no more calls, and why: its target is disabled, what waits for it is cancelled. */
  readonly goneReason: string | undefined
}

export type FinishQueueOptions = {
  readonly store: Store
  /** Aborted when the worker stops. */
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

type GoneTarget = {
  readonly id: string
  readonly workspace: string
  readonly reason: string
  readonly now: number
}

type Waiting = Finish & { readonly settled: () => void }

/**
 * Writes finished attempts to the store. While one transaction is under way the next ones gather, so that the
 * batches grow with the load. A store that is away is tried until it is back: what was sent must be recorded,
 * or it is sent again when its lease runs out.
 */
export class FinishQueue {
  readonly #options: FinishQueueOptions
  readonly #wellTargets = new WellTargets()
  #waiting: Waiting[] = []
  /** What still waits for them is cancelled bit by bit: nothing of it is sent, since they are disabled. */
  #gone: GoneTarget[] = []
  #running = false

  constructor(options: FinishQueueOptions) {
    this.#options = options
  }

  /** Resolves when the attempt is recorded, or given up because the worker stops. */
  record(finish: Finish): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...finish, settled: resolve })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0 || this.#gone.length > 0) {
      // Sends that end in the same turn of the event loop go into the same transaction.
      await new Promise((resolve) => setImmediate(resolve))
      const batch = this.#waiting.slice(0, BATCH_MAX)
      this.#waiting = this.#waiting.slice(BATCH_MAX)
      if (batch.length > 0) await this.#write(batch)
      for (const { settled } of batch) settled()
      await this.#cancelSome()
    }
    this.#running = false
  }

  async #cancelSome(): Promise<void> {
    const { store, signal, onError } = this.#options
    const [gone] = this.#gone
    if (gone === undefined) return
    try {
      const cancelled = await cancelPendingOfTarget(store.db, { ...gone, limit: CANCELLED_ROWS_MAX })
      if (cancelled === CANCELLED_ROWS_MAX && !signal.aborted) return
    } catch (error) {
      onError(error)
    }
    this.#gone.shift()
  }

  async #write(batch: readonly Finish[]): Promise<void> {
    let triesAfterStop = 0
    while (triesAfterStop < TRIES_AFTER_STOP) {
      const failure = await this.#tryOnce(batch)
      if (failure === undefined) return
      if (isValueError(failure)) return await this.#writeOneByOne(batch)
      if (this.#options.signal.aborted) triesAfterStop += 1
      await sleep(RETRY_WAIT_MS)
    }
  }

  /** A value that the engine refuses comes back at every try: it must not hold up the others. */
  async #writeOneByOne(batch: readonly Finish[]): Promise<void> {
    if (batch.length === 1) return
    for (const finish of batch) await this.#write([finish])
  }

  async #tryOnce(batch: readonly Finish[]): Promise<Error | undefined> {
    try {
      const health = this.#wellTargets.select(sumUpCalls(batch.map((finish) => finish.health)))
      const gone = await recordAll(this.#options.store.db, batch, health)
      this.#wellTargets.note(health)
      this.#gone.push(...gone)
      return undefined
    } catch (error) {
      this.#options.onError(error)
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** @returns targets that are gone and have more waiting than was cancelled with the batch. */
async function recordAll(
  db: Db,
  batch: readonly Finish[],
  health: readonly TargetCallsSummary[],
): Promise<readonly GoneTarget[]> {
  return await inTransaction(db, async (trx) => {
    await finishAttempts(
      trx,
      batch.map(({ attempt }) => attempt),
    )
    for (const failed of await recordTargetHealth(trx, health)) await disableAndTell(trx, failed)
    const unfinished: GoneTarget[] = []
    for (const gone of goneTargets(batch)) {
      await disableAndTell(trx, gone)
      const cancelled = await cancelPendingOfTarget(trx, { ...gone, limit: CANCELLED_ROWS_MAX })
      if (cancelled === CANCELLED_ROWS_MAX) unfinished.push(gone)
    }
    return unfinished
  })
}

/** Each once, however many of its calls were answered so. */
function goneTargets(batch: readonly Finish[]): readonly GoneTarget[] {
  const gone = new Map<string, GoneTarget>()
  for (const { goneReason: reason, attempt, health } of batch) {
    const { targetId: id, workspace } = health
    if (reason !== undefined) gone.set(id, { id, workspace, reason, now: attempt.now })
  }
  return [...gone.values()]
}
