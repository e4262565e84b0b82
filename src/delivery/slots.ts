import type { DueLane } from '../store/delivery-lanes.ts'
import { type HostCall, HostGate } from './host-gate.ts'
import { TargetLimits, type WorkerShare } from './target-limits.ts'

/** Calls under way at once: sockets are cheap, and most of the time is waiting. */
export const SLOTS = 512
/**
 * …of which so many may go to hosts that have not proven to be quick. Targets that hold their calls until the
 * time-out, however many there are, leave the others the rest.
 */
const UNPROVEN_SLOTS = 256

/** A place for one call, from before its delivery is claimed until its attempt is recorded. */
export type Slot = {
  readonly host: string
  readonly targetId: string
  /** Of which pool it is. */
  readonly isProven: boolean
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
    const isProven = this.#hosts.isProven(lane.host, nowMs)
    const isFull = this.#taken >= SLOTS || (!isProven && this.#takenUnproven >= UNPROVEN_SLOTS)
    const ms = isFull
      ? Number.POSITIVE_INFINITY
      : Math.max(this.#hosts.waitMs(lane.host, nowMs), this.#targets.waitMs(lane, nowMs))
    if (ms > 0) return { kind: 'wait', ms }
    this.#hosts.take(lane.host, nowMs)
    this.#targets.take(lane, nowMs)
    this.#taken += 1
    if (!isProven) this.#takenUnproven += 1
    return { kind: 'go', slot: { host: lane.host, targetId: lane.targetId, isProven } }
  }

  /** The lane had nothing to send. */
  giveBack(slot: Slot): void {
    this.#hosts.giveBack(slot.host)
    this.#targets.giveBack(slot.targetId)
    this.#free(slot)
  }

  /** The call has ended; its place is still taken. @param call undefined when the host was not reached out to. */
  settle(slot: Slot, call: HostCall | undefined): void {
    if (call === undefined) this.#hosts.giveBack(slot.host)
    else this.#hosts.settle(slot.host, call)
    this.#targets.settle(slot.targetId)
  }

  /** The attempt is recorded: after `settle`. */
  leave(slot: Slot): void {
    this.#free(slot)
  }

  setShare(share: WorkerShare): void {
    this.#targets.setShare(share)
  }

  #free({ isProven }: Slot): void {
    this.#taken -= 1
    if (!isProven) this.#takenUnproven -= 1
  }
}
