import type { Delivery } from '../store/deliveries.ts'
import { claimFromLanes, type LaneKey, putOffBlocked } from '../store/delivery-lanes.ts'
import { releaseLeases } from '../store/delivery-leases.ts'
import type { Store } from '../store/open-store.ts'
import { loadTargetCalls, type TargetCalls } from '../store/target-calls.ts'
import { type Delivering, deliver, type SentDelivery } from './deliver.ts'
import { LEASE_MS } from './lease.ts'
import type { ReadyLanes } from './ready-lanes.ts'
import { type LaneGrant, type Sharing, shareSlots } from './share-slots.ts'
import type { Slot, Slots } from './slots.ts'
import type { WakeSignal } from './wake-signal.ts'

/** Lanes in one claim; the others have their turn in the next ones. */
const CLAIM_LANES_MAX = 64

/** What the worker's rounds work with. */
export type RoundWorker = Delivering & {
  readonly store: Store
  readonly lanes: ReadyLanes
  readonly slots: Slots
  /** Deliveries under way, by id, with when they were claimed. */
  readonly claimedAt: Map<string, number>
  readonly running: Set<Promise<void>>
  readonly wakeSignal: WakeSignal
  readonly pollIntervalMs: number
  /** Aborted to stop. */
  readonly signal: AbortSignal
  readonly onSent?: (sent: SentDelivery) => void
  readonly onError: (error: unknown) => void
}

/**
 * One round: looks for lanes, cancels some of what waits in closed ones, shares the free slots among the others, claims
 * what they may send and starts it.
 * @returns for how long nothing is to do, in milliseconds, unless the worker is woken; Infinity for until then.
 */
export async function runRound(worker: RoundWorker): Promise<number> {
  const { store, clock, lanes, slots, pollIntervalMs } = worker
  await lanes.scan(store.db, clock())
  const nowMs = clock()
  const hasClosed = await lanes.cancelClosed(store.db, nowMs)
  const sharing = shareSlots(slots, lanes.inTurn(), { nowMs, lanesMax: CLAIM_LANES_MAX })
  // Closed for long: a scan finds it again, and meanwhile it takes no time of the others.
  for (const { lane, ms } of sharing.waiting) {
    if (ms >= pollIntervalMs && ms !== Number.POSITIVE_INFINITY) lanes.drop(lane)
  }
  const hasMore = sharing.grants.length > 0 && (await sendFrom(worker, sharing.grants, nowMs))
  return hasMore || hasClosed ? 0 : Math.min(lanes.msToScan(), shortestWait(sharing))
}

function shortestWait({ waiting }: Sharing): number {
  let shortest = Number.POSITIVE_INFINITY
  for (const { ms } of waiting) shortest = Math.min(shortest, ms)
  return shortest
}

/** @returns whether a lane has given all that it was asked for, so that there may be more. */
async function sendFrom(worker: RoundWorker, grants: readonly LaneGrant[], nowMs: number): Promise<boolean> {
  const { store, lanes, signal } = worker
  const unused = new Set(grants.flatMap((grant) => grant.slots))
  try {
    const { claimed, targets } = await claim(worker, grants, nowMs)
    if (signal.aborted) {
      await release(worker, claimed)
      return false
    }
    const byLane = Map.groupBy(claimed, keyOf)
    const empty: LaneKey[] = []
    let hasMore = false
    for (const { lane, slots } of grants) {
      const given = byLane.get(keyOf(lane)) ?? []
      const target = targets.get(lane.targetId)
      for (const slot of startAll(worker, { given, slots, target, nowMs })) unused.delete(slot)
      if (given.length === slots.length) lanes.keep(lane)
      else if (given.length > 0) lanes.drop(lane)
      else if (lanes.dropEmpty(lane)) empty.push(lane)
      hasMore ||= given.length === slots.length
    }
    await putOffBlocked(store.db, empty, nowMs)
    return hasMore
  } finally {
    for (const slot of unused) worker.slots.giveBack(slot)
  }
}

/** A host holds no space. */
function keyOf({ host, targetId }: LaneKey): string {
  return `${host} ${targetId}`
}

async function claim(worker: RoundWorker, grants: readonly LaneGrant[], now: number) {
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
async function release({ store, workerId, claimedAt, onError }: RoundWorker, claimed: readonly Delivery[]) {
  const ids = claimed.map(({ id }) => id).filter((id) => !claimedAt.has(id))
  await releaseLeases(store.db, workerId, ids).catch(onError)
}

type Given = {
  readonly given: readonly Delivery[]
  readonly slots: readonly Slot[]
  readonly target: TargetCalls | undefined
  /** When they were claimed. */
  readonly nowMs: number
}

/** @returns the slots that are used. */
function startAll(worker: RoundWorker, { given, slots, target, nowMs }: Given): readonly Slot[] {
  // Its lease may have run out while it is still being sent here: then it has just been taken anew.
  const fresh = given.filter(({ id }) => !worker.claimedAt.has(id))
  const used = slots.slice(0, fresh.length)
  for (const [index, slot] of used.entries()) {
    const delivery = fresh[index]
    if (delivery === undefined) continue
    worker.claimedAt.set(delivery.id, nowMs)
    start(worker, slot, delivery, target)
  }
  return used
}

function start(worker: RoundWorker, slot: Slot, delivery: Delivery, target: TargetCalls | undefined): void {
  const { running, claimedAt, slots, lanes, wakeSignal, onError, onSent } = worker
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
