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
    while (this.#waiting.length > 0) {
      // Sends that end in the same turn of the event loop go into the same transaction.
      await new Promise((resolve) => setImmediate(resolve))
      const batch = this.#waiting.slice(0, BATCH_MAX)
      this.#waiting = this.#waiting.slice(BATCH_MAX)
      await this.#write(batch)
      for (const { settled } of batch) settled()
    }
    this.#running = false
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
      await recordAll(this.#options.store.db, batch, health)
      this.#wellTargets.note(health)
      return undefined
    } catch (error) {
      this.#options.onError(error)
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

async function recordAll(
  db: Db,
  batch: readonly Finish[],
  health: readonly TargetCallsSummary[],
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await finishAttempts(
      trx,
      batch.map(({ attempt }) => attempt),
    )
    for (const failed of await recordTargetHealth(trx, health)) await disableAndTell(trx, failed)
    for (const { goneReason: reason, attempt, health: call } of batch) {
      if (reason === undefined) continue
      const gone = { id: call.targetId, workspace: call.workspace, reason, now: attempt.now }
      await disableAndTell(trx, gone)
      await cancelPendingOfTarget(trx, gone)
    }
  })
}
