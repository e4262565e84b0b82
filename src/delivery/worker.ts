import { setTimeout as sleep } from 'node:timers/promises'
import { claimDue, type Delivery, postponeDeliveries, releaseLeases } from '../store/deliveries.ts'
import type { Store } from '../store/open-store.ts'
import { loadTargetCalls, type TargetCalls } from '../store/target-calls.ts'
import type { Vault } from '../store/vault.ts'
import { buildFinish } from './attempt-record.ts'
import { FinishQueue } from './finish-queue.ts'
import type { Guard } from './guard.ts'
import { HostGate } from './host-gate.ts'
import { type Caller, createCaller } from './make-call.ts'
import { type DeliveryOutcome, decideOutcome, isHostFailure } from './outcome.ts'
import { createSender, type Sender, type SendResult } from './send.ts'
import { verdictOf } from './system-verdict.ts'
import { WakeSignal } from './wake-signal.ts'

/** Sends under way at once, and the most that one claim takes. */
const RUNNING_MAX = 256
/** Fewer free slots than this are not worth a claim's transaction. */
const CLAIM_MIN = 64
/** Well above a send's total time-out and the recording after it, so that no live worker loses a lease. */
const LEASE_MS = 60_000
const POLL_INTERVAL_MS = 1_000
/** However often the worker is woken, claims are this far apart. */
const CLAIM_INTERVAL_MS = 10
const STORE_RETRY_MS = 1_000

export type DeliveryWorkerOptions = {
  readonly store: Store
  /** Unique among all workers on this store: the leases are under this name. */
  readonly workerId: string
  readonly guard: Guard
  /** Opens the secrets of targets. */
  readonly vault: Vault
  /** Of the product, for User-Agent. */
  readonly version: string
  /** Unix milliseconds. */
  readonly clock: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Retries fall due by themselves: how often to look. New deliveries wake the worker. */
  readonly pollIntervalMs?: number
  /** Aborted to stop: sends under way are finished and recorded, then `done` resolves. */
  readonly signal: AbortSignal
  /** After an attempt; for metrics. */
  readonly onSent?: (sent: SentDelivery) => void
  /** The store failed, or the worker has a bug; it goes on. For the log. */
  readonly onError?: (error: unknown) => void
}

export type SentDelivery = {
  readonly delivery: Delivery
  readonly result: SendResult
  readonly outcome: DeliveryOutcome
  readonly durationMs: number
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
 * At least once: a delivery is leased before it is sent and leaves the queue only with the transaction that
 * records its attempt. A worker that dies in between leaves a lease that runs out; the delivery is then sent
 * again under the same id, which is the receiver's key against duplicates. A row is claimed only for a free
 * slot, so that no lease runs while its delivery waits in memory.
 */
export function runDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const onError = options.onError ?? (() => {})
  const wakeSignal = new WakeSignal()
  const sender = createSender(options)
  const worker: Worker = {
    ...options,
    onError,
    wakeSignal,
    sender,
    caller: createCaller({ ...options, sender }),
    hosts: new HostGate(options.random),
    finishQueue: new FinishQueue({ ...options, onError }),
    running: new Set(),
  }
  return { wake: () => wakeSignal.wake(), done: runUntilStopped(worker) }
}

type Worker = DeliveryWorkerOptions & {
  readonly onError: (error: unknown) => void
  readonly wakeSignal: WakeSignal
  readonly sender: Sender
  readonly caller: Caller
  readonly hosts: HostGate
  readonly finishQueue: FinishQueue
  readonly running: Set<Promise<void>>
}

async function runUntilStopped(worker: Worker): Promise<void> {
  const { signal, wakeSignal } = worker
  while (!signal.aborted) {
    try {
      const idleMs = await claimAndStart(worker)
      if (idleMs > 0) await wakeSignal.wait(idleMs, signal)
      await sleep(CLAIM_INTERVAL_MS)
    } catch (error) {
      worker.onError(error)
      await wakeSignal.wait(STORE_RETRY_MS, signal)
    }
  }
  await Promise.all(worker.running)
  await worker.sender.close()
  // What was claimed while the worker stopped is free for others at once, and not after the lease.
  await releaseLeases(worker.store.db, worker.workerId).catch(worker.onError)
}

/** @returns for how long nothing is to do, in milliseconds, unless the worker is woken. */
async function claimAndStart(worker: Worker): Promise<number> {
  const { store, workerId, clock, signal, pollIntervalMs = POLL_INTERVAL_MS } = worker
  const limit = RUNNING_MAX - worker.running.size
  if (limit < CLAIM_MIN) return pollIntervalMs
  const now = clock()
  const claimed = await claimDue(store.db, store.engine, { now, workerId, leaseMs: LEASE_MS, limit })
  // Stopping meanwhile: the leases are given back.
  if (signal.aborted) return 0
  const targets = await loadTargetCalls(store.db, [...new Set(claimed.map(({ targetId }) => targetId))])
  const postponed: { id: string; dueAt: number }[] = []
  for (const delivery of claimed) {
    const admission = worker.hosts.admit(hostOf(delivery), now)
    if (admission.kind === 'postpone') postponed.push({ id: delivery.id, dueAt: admission.dueAt })
    else start(worker, delivery, targets.get(delivery.targetId))
  }
  if (postponed.length > 0) await postponeDeliveries(store.db, workerId, postponed)
  if (claimed.length === limit) return 0
  return Math.min(pollIntervalMs, ...postponed.map(({ dueAt }) => Math.max(dueAt - now, 0)))
}

function start(worker: Worker, delivery: Delivery, target: TargetCalls | undefined): void {
  const { running, wakeSignal } = worker
  const run = deliver(worker, delivery, target)
    .catch(worker.onError)
    .then(() => {
      running.delete(run)
      // The loop sleeps while the slots are taken.
      if (running.size === RUNNING_MAX - CLAIM_MIN) wakeSignal.wake()
    })
  running.add(run)
}

async function deliver(worker: Worker, delivery: Delivery, target: TargetCalls | undefined): Promise<void> {
  const { clock, random, workerId } = worker
  const startedAt = clock()
  const result = await worker.caller.call(delivery, target)
  const now = clock()
  const durationMs = Math.max(0, now - startedAt)
  worker.hosts.settle(hostOf(delivery), { failed: isHostFailure(result), durationMs, nowMs: now })
  const attempt = delivery.attempts - delivery.attemptsBefore + 1
  const verdict = verdictOf(delivery, result)
  const outcome = decideOutcome(result, { attempt, nowMs: now, random: random(), verdict })
  await worker.finishQueue.record(
    buildFinish({ delivery, workerId, result, verdict, outcome, startedAt, now }),
  )
  worker.onSent?.({ delivery, result, outcome, durationMs })
}

/** '' for a URL that can not be read: its send fails by itself. */
function hostOf(delivery: Delivery): string {
  return URL.parse(delivery.url)?.host ?? ''
}
