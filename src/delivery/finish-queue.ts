import { setTimeout as sleep } from 'node:timers/promises'
import { cancelNewestOfClosed } from '../store/delivery-closing.ts'
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
/** The error of an attempt that is recorded without its texts, since the engine refuses one of them. */
const NOT_STORABLE = 'not_storable'
const NO_REQUEST_JSON = JSON.stringify({ method: '', url: '', headers: {}, body: '', redirectedFrom: [] })

export type Finish = {
  readonly attempt: FinishedAttempt
  readonly health: HealthCall
  /** When the delivery was made: what its receiver says is about the target as it was then. */
  readonly madeAt: number
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
  /** One that was changed after this is not meant: it may have another URL. */
  readonly unchangedSince: number
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

  /** The first of what waits for targets that are gone; the scans of the workers find the others. */
  async #cancelNewest(gone: readonly GoneTarget[]): Promise<void> {
    for (const target of gone) {
      await cancelNewestOfClosed(this.#options.store.db, target).catch(this.#options.onError)
    }
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

  /**
   * A value that the engine refuses comes back at every try: it must not hold up the others. Nor is its attempt left
   * out: without a record its delivery would be sent again whenever its lease runs out, for ever.
   */
  async #writeOneByOne(batch: readonly Finish[]): Promise<void> {
    const [only] = batch
    if (batch.length > 1) for (const finish of batch) await this.#write([finish])
    else if (only !== undefined && only.attempt.error !== NOT_STORABLE) await this.#write([toBare(only)])
  }

  async #tryOnce(batch: readonly Finish[]): Promise<Error | undefined> {
    try {
      const health = this.#wellTargets.select(sumUpCalls(batch.map((finish) => finish.health)))
      const gone = goneTargets(batch)
      await recordAll(this.#options.store.db, { batch, health, gone })
      this.#wellTargets.note(health)
      await this.#cancelNewest(gone)
      return undefined
    } catch (error) {
      this.#options.onError(error)
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** What becomes of the delivery, without anything of the call and of what others said. */
function toBare({ attempt, health, madeAt, goneReason }: Finish): Finish {
  const { deliveryId, workerId, state, reason, dueAt, now } = attempt
  return {
    attempt: {
      deliveryId,
      workerId,
      state,
      dueAt,
      now,
      reason: reason === '' ? '' : NOT_STORABLE,
      startedAt: now,
      durationMs: 0,
      phasesJson: null,
      requestJson: NO_REQUEST_JSON,
      responseStatus: null,
      responseHeadersJson: '{}',
      responseBody: '',
      error: NOT_STORABLE,
    },
    health: { ...health, error: NOT_STORABLE },
    madeAt,
    goneReason,
  }
}

type Recorded = {
  readonly batch: readonly Finish[]
  readonly health: readonly TargetCallsSummary[]
  readonly gone: readonly GoneTarget[]
}

/** Locks deliveries first, then the health of targets, then targets: whoever takes several does so in this order. */
async function recordAll(db: Db, { batch, health, gone }: Recorded): Promise<void> {
  await inTransaction(db, async (trx) => {
    await finishAttempts(
      trx,
      batch.map(({ attempt }) => attempt),
    )
    const failed = await recordTargetHealth(trx, health)
    for (const target of [...failed, ...gone].toSorted(byId)) await disableAndTell(trx, target)
  })
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}

/** Each once, however many of its calls were answered so. */
function goneTargets(batch: readonly Finish[]): readonly GoneTarget[] {
  const gone = new Map<string, GoneTarget>()
  for (const { goneReason: reason, attempt, health, madeAt } of batch) {
    const { targetId: id, workspace } = health
    if (reason === undefined) continue
    const unchangedSince = Math.max(madeAt, gone.get(id)?.unchangedSince ?? madeAt)
    gone.set(id, { id, workspace, reason, now: attempt.now, unchangedSince })
  }
  return [...gone.values()]
}
