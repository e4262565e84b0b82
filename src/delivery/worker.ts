import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/open-store.ts'
import type { Vault } from '../store/vault.ts'
import type { SentDelivery } from './deliver.ts'
import { FinishQueue } from './finish-queue.ts'
import type { Guard } from './guard.ts'
import { Heartbeat } from './heartbeat.ts'
import { createCaller } from './make-call.ts'
import { ReadyLanes } from './ready-lanes.ts'
import { type RoundWorker, runRound } from './round.ts'
import { createSender, type Sender } from './send.ts'
import type { Mailer } from './send-email.ts'
import { Slots } from './slots.ts'
import { WakeSignal } from './wake-signal.ts'

const POLL_INTERVAL_MS = 1_000
/** However often the worker is woken, claims are this far apart: many small ones cost more than few large ones. */
const CLAIM_INTERVAL_MS = 10
const STORE_RETRY_MS = 1_000

export type DeliveryWorkerOptions = {
  readonly store: Store
  /** Unique among all workers on this store: the leases are under this name. */
  readonly workerId: string
  readonly guard: Guard
  /** Opens the secrets of targets. */
  readonly vault: Vault
  /** Sends e-mail. */
  readonly mailer?: Mailer | undefined
  /** Of the product, for User-Agent. */
  readonly version: string
  /** Unix milliseconds; the same for all workers on the store, whose leases are by it. */
  readonly clock: () => number
  /** Asked before the first claim and now and then: brings the clock in line with those of the others. */
  readonly syncClock?: () => Promise<void>
  /** In [0, 1). */
  readonly random: () => number
  /** Retries fall due by themselves: how often to look. New deliveries wake the worker. */
  readonly pollIntervalMs?: number
  /** For one attempt with all its redirects; a lease is renewed for as long as it takes. */
  readonly totalTimeoutMs?: number
  /** Aborted to stop: sends under way are finished and recorded, then `done` resolves. */
  readonly signal: AbortSignal
  /** After an attempt; for metrics. */
  readonly onSent?: (sent: SentDelivery) => void
  /** The store failed, or the worker has a bug; it goes on. For the log. */
  readonly onError?: (error: unknown) => void
}

export type DeliveryWorker = {
  /** Deliveries may be due: call it after the transaction that made them. Cheap, and harmless when wrong. */
  wake(): void
  /** Resolves once the worker has stopped. */
  readonly done: Promise<void>
}

/**
 * Sends what is due until the signal aborts.
 *
 *   deliveries, by lane (host, target)           ReadyLanes           Slots
 *   a.example t1  ▪▪▪▪▪▪▪▪▪▪▪▪ …  ──┐          ┌──────────┐     host, target and pool
 *   a.example t2  ▪                 ├─ scan ──▶│ t1 t2 t4 │──── say how many may start ──┐
 *   b.example t3  ▪▪▪▪  (paused)    │          └──────────┘     (in turns, one by one)   │
 *   c.example t4  ▪▪              ──┘             ▲    ▲                                 ▼
 *                    ▲                       more │    │ a call has ended              claim
 *                    │                            └────┼──────────────────── leases just so many
 *                    │                                 │                                 │
 *                    └──── record, many at once ◀──────┴──────────────── deliver ◀───────┘
 *
 * A lane is a queue of its own: one whose host is slow, dead or held, or whose target is paused or limited, is not
 * claimed, costs no row a write and keeps no other lane waiting.
 *
 * At least once: a delivery is leased before it is sent and leaves the queue only with the transaction that
 * records its attempt. A worker that dies in between leaves a lease that runs out; the delivery is then sent
 * again under the same id, which is the receiver's key against duplicates. A row is claimed only for a free
 * slot, so that no lease runs while its delivery waits in memory.
 */
export function runDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const worker = createWorker(options)
  return {
    wake: () => {
      worker.lanes.lookAgain()
      worker.wakeSignal.wake()
    },
    done: runUntilStopped(worker),
  }
}

type Worker = DeliveryWorkerOptions &
  RoundWorker & {
    readonly sender: Sender
    readonly heartbeat: Heartbeat
  }

function createWorker(options: DeliveryWorkerOptions): Worker {
  const onError = options.onError ?? (() => {})
  const sender = createSender(options)
  const slots = new Slots()
  const claimedAt = new Map<string, number>()
  const heartbeat = new Heartbeat({
    ...options,
    onError,
    running: claimedAt,
    onShare: (share) => slots.setShare(share),
  })
  return {
    ...options,
    onError,
    wakeSignal: new WakeSignal(),
    sender,
    caller: createCaller({ ...options, sender }),
    lanes: new ReadyLanes(),
    slots,
    finishQueue: new FinishQueue({ ...options, onError }),
    heartbeat,
    claimedAt,
    running: new Set(),
    pollIntervalMs: options.pollIntervalMs ?? POLL_INTERVAL_MS,
  }
}

async function runUntilStopped(worker: Worker): Promise<void> {
  const { signal, wakeSignal, heartbeat, lanes, pollIntervalMs } = worker
  while (!signal.aborted) {
    try {
      await heartbeat.start()
      const idleMs = Math.min(await runRound(worker), pollIntervalMs)
      if (idleMs > 0) await wakeSignal.wait(idleMs, signal)
      if (idleMs === pollIntervalMs) lanes.lookAgain()
      await sleep(CLAIM_INTERVAL_MS)
    } catch (error) {
      worker.onError(error)
      await wakeSignal.wait(STORE_RETRY_MS, signal)
    }
  }
  await Promise.all(worker.running)
  await heartbeat.stop()
  await worker.sender.close()
}
