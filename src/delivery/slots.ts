import type { DueLane } from '../store/delivery-lanes.ts'
import { type HostCall, HostGate, type HostPlace, type HostStanding } from './host-gate.ts'
import { TargetLimits, type WorkerShare } from './target-limits.ts'

/** Calls under way at once: sockets are cheap, and most of the time is waiting. */
export const SLOTS = 512
/**
 * …of which so many may go to hosts that have not proven to be quick. Targets that hold their calls until the
 * time-out, however many there are, leave the others the rest.
 */
const UNPROVEN_SLOTS = 256
/** …and so many to hosts that have failed, or hold a call already: the rest is for the first call of each. */
const DOUBTFUL_SLOTS = 170
/** Kept for hosts with fewer calls under way than that: hosts that hang all together leave the others these. */
const RESERVED_SLOTS = 64
const RESERVED_RUNNING_MAX = 2

/** A place for one call, from before its delivery is claimed until its attempt is recorded. */
export type Slot = {
  readonly host: string
  readonly targetId: string
  /** Of which pool it is. */
  readonly isProven: boolean
  readonly place: HostPlace
}

export type Admission =
  | { readonly kind: 'go'; readonly slot: Slot }
  /** @property ms until it may be asked again; Infinity: until a call has ended. */
  | { readonly kind: 'wait'; readonly ms: number }

/** Hands out the worker's places: a call needs one of the pool, one of its host and one of its target. */
export class Slots {
  readonly #hosts = new HostGate()
  readonly #targets = new TargetLimits()
  #taken = 0
  #takenUnproven = 0

  /** The caller owes one `leave` or `giveBack` for the slot. */
  take(lane: DueLane, nowMs: number): Admission {
    const standing = this.#hosts.standing(lane.host, nowMs)
    const { isProven } = standing
    const ms = this.#isFullFor(standing)
      ? Number.POSITIVE_INFINITY
      : Math.max(this.#hosts.waitMs(lane.host, nowMs), this.#targets.waitMs(lane, nowMs))
    if (ms > 0) return { kind: 'wait', ms }
    const place = this.#hosts.take(lane.host, nowMs)
    this.#targets.take(lane, nowMs)
    this.#taken += 1
    if (!isProven) this.#takenUnproven += 1
    return { kind: 'go', slot: { host: lane.host, targetId: lane.targetId, isProven, place } }
  }

  /** The lane had nothing to send. */
  giveBack(slot: Slot): void {
    this.#hosts.giveBack(slot.host, slot.place)
    this.#targets.giveBack(slot.targetId)
    this.#free(slot)
  }

  /** The call has ended; its place is still taken. @param call undefined when the host was not reached out to. */
  settle(slot: Slot, call: HostCall | undefined): void {
    if (call === undefined) this.#hosts.giveBack(slot.host, slot.place)
    else this.#hosts.settle(slot.host, slot.place, call)
    this.#targets.settle(slot.targetId)
  }

  /** The attempt is recorded: after `settle`. */
  leave(slot: Slot): void {
    this.#free(slot)
  }

  setShare(share: WorkerShare): void {
    this.#targets.setShare(share)
  }

  #isFullFor({ isProven, hasFailed, running }: HostStanding): boolean {
    const isDoubtful = hasFailed || running > 0
    const max = running < RESERVED_RUNNING_MAX && !hasFailed ? SLOTS : SLOTS - RESERVED_SLOTS
    if (this.#taken >= max) return true
    return !isProven && this.#takenUnproven >= (isDoubtful ? DOUBTFUL_SLOTS : UNPROVEN_SLOTS)
  }

  #free({ isProven }: Slot): void {
    this.#taken -= 1
    if (!isProven) this.#takenUnproven -= 1
  }
}
