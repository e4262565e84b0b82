import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from '../store/deliveries.ts'
import { claimFromLanes, putOffBlocked } from '../store/delivery-lanes.ts'
import { releaseLeases } from '../store/delivery-leases.ts'
import type { Store } from '../store/open-store.ts'
import { loadTargetCalls, type TargetCalls } from '../store/target-calls.ts'
import type { Vault } from '../store/vault.ts'
import { deliver, type SentDelivery } from './deliver.ts'
import { FinishQueue } from './finish-queue.ts'
import type { Guard } from './guard.ts'
import { Heartbeat } from './heartbeat.ts'
import { LEASE_MS } from './lease.ts'
import { type Caller, createCaller } from './make-call.ts'
import { ReadyLanes } from './ready-lanes.ts'
import { createSender, type Sender } from './send.ts'
import type { Mailer } from './send-email.ts'
import { type LaneGrant, type Sharing, shareSlots } from './share-slots.ts'
import { type Slot, Slots } from './slots.ts'
import { WakeSignal } from './wake-signal.ts'

/** Lanes in one claim; the others have their turn in the next ones. */
const CLAIM_LANES_MAX = 64
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
  /** Unix milliseconds. */
  readonly clock: () => number
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

type Worker = DeliveryWorkerOptions & {
  readonly onError: (error: unknown) => void
  readonly wakeSignal: WakeSignal
  readonly sender: Sender
  readonly caller: Caller
  readonly lanes: ReadyLanes
  readonly slots: Slots
  readonly finishQueue: FinishQueue
  readonly heartbeat: Heartbeat
  /** Deliveries under way, by id, with when they were claimed. */
  readonly claimedAt: Map<string, number>
  readonly running: Set<Promise<void>>
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
  }
}

async function runUntilStopped(worker: Worker): Promise<void> {
  const { signal, wakeSignal, heartbeat, lanes } = worker
  const { pollIntervalMs = POLL_INTERVAL_MS } = worker
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

/**
 * Looks for lanes, shares the free slots among them and sends what they have.
 * @returns for how long nothing is to do, in milliseconds, unless the worker is woken.
 */
async function runRound(worker: Worker): Promise<number> {
  const { store, clock, lanes, slots, pollIntervalMs = POLL_INTERVAL_MS } = worker
  await lanes.scan(store.db, clock())
  const nowMs = clock()
  const sharing = shareSlots(slots, lanes.inTurn(), { nowMs, lanesMax: CLAIM_LANES_MAX })
  // Closed for long: a scan finds it again, and meanwhile it takes no time of the others.
  for (const { lane, ms } of sharing.waiting) {
    if (ms >= pollIntervalMs && ms !== Number.POSITIVE_INFINITY) lanes.drop(lane)
  }
  const hasMore = sharing.grants.length > 0 && (await sendFrom(worker, sharing.grants, nowMs))
  return hasMore ? 0 : Math.min(lanes.msToScan(), shortestWait(sharing))
}

function shortestWait({ waiting }: Sharing): number {
  return Math.min(Number.POSITIVE_INFINITY, ...waiting.map(({ ms }) => ms))
}

/** @returns whether a lane has given all that it was asked for, so that there may be more. */
async function sendFrom(worker: Worker, grants: readonly LaneGrant[], nowMs: number): Promise<boolean> {
  const { store, lanes, signal } = worker
  const unused = new Set(grants.flatMap((grant) => grant.slots))
  try {
    const { claimed, targets } = await claim(worker, grants, nowMs)
    if (signal.aborted) {
      await release(worker, claimed)
      return false
    }
    const byLane = Map.groupBy(claimed, ({ host, targetId }) => `${host} ${targetId}`)
    const empty: LaneGrant['lane'][] = []
    let hasMore = false
    for (const { lane, slots } of grants) {
      const given = byLane.get(`${lane.host} ${lane.targetId}`) ?? []
      for (const [index, delivery] of given.entries()) {
        const slot = slots[index]
        // Its lease ran out while it is still being sent here, and has just been taken anew.
        if (slot === undefined || worker.claimedAt.has(delivery.id)) continue
        unused.delete(slot)
        start(worker, { delivery, target: targets.get(delivery.targetId), slot, nowMs })
      }
      if (given.length === slots.length) lanes.keep(lane)
      else if (given.length > 0) lanes.drop(lane)
      else if (lanes.dropEmpty(lane)) empty.push(lane)
      if (given.length === slots.length) hasMore = true
    }
    await putOffBlocked(store.db, empty, nowMs)
    return hasMore
  } finally {
    for (const slot of unused) worker.slots.giveBack(slot)
  }
}

async function claim(worker: Worker, grants: readonly LaneGrant[], now: number) {
  const { store, workerId } = worker
  const lanes = grants.map(({ lane, slots }) => ({ ...lane, places: slots.length }))
  const claimed = await claimFromLanes(store.db, store.engine, { now, workerId, leaseMs: LEASE_MS, lanes })
  try {
    const targetIds = new Set(claimed.map(({ targetId }) => targetId))
    return { claimed, targets: await loadTargetCalls(store.db, [...targetIds]) }
  } catch (error) {
    await release(worker, claimed)
    throw error
  }
}

/** What is not sent after all is free for others at once, and not after the lease. */
async function release({ store, workerId, claimedAt, onError }: Worker, claimed: readonly Delivery[]) {
  const ids = claimed.map(({ id }) => id).filter((id) => !claimedAt.has(id))
  await releaseLeases(store.db, workerId, ids).catch(onError)
}

type Started = {
  readonly delivery: Delivery
  readonly target: TargetCalls | undefined
  readonly slot: Slot
  /** When it was claimed. */
  readonly nowMs: number
}

function start(worker: Worker, { delivery, target, slot, nowMs }: Started): void {
  const { running, claimedAt, slots, lanes, wakeSignal, onError, onSent } = worker
  claimedAt.set(delivery.id, nowMs)
  const run = deliver(worker, delivery, target, (call) => slots.settle(slot, call))
    .then((sent) => onSent?.(sent))
    .catch(onError)
    .then(() => {
      claimedAt.delete(delivery.id)
      running.delete(run)
      slots.leave(slot)
      lanes.unblock(delivery.targetId)
      // The loop sleeps while no lane may send any more.
      if (lanes.size > 0) wakeSignal.wake()
    })
  running.add(run)
}
