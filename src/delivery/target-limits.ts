import type { DueLane } from '../store/delivery-lanes.ts'

const MINUTE_MS = 60_000
/** A burst is what is due within this time: smaller than a person sees, larger than the steps of the worker. */
const BURST_MS = 100
/** Targets of which something is remembered; those that are called least lately are forgotten first. */
const TARGETS_MAX = 10_000

/** Which of the live workers this one is: the limits of targets are shared among all. */
export type WorkerShare = { readonly index: number; readonly count: number }

export type LimitedTarget = Pick<DueLane, 'targetId' | 'maxPerMinute' | 'maxConcurrent'>

type TargetState = {
  running: number
  /** Calls that may start now; a fraction counts towards the next one. */
  tokens: number
  filledAt: number
}

/**
 * Holds calls to the limits that targets ask for: by a token bucket, and by a count of those under way. Every worker
 * keeps to its part of a limit, so that together they keep to the whole; what a division leaves over goes to some of
 * them, which for a limit below the number of workers means that the others make no calls to the target.
 */
export class TargetLimits {
  readonly #targets = new Map<string, TargetState>()
  #share: WorkerShare = { index: 0, count: 1 }

  setShare(share: WorkerShare): void {
    this.#share = share
  }

  /** How long no call may start; 0 for none, Infinity for until one of those under way has ended. */
  waitMs(target: LimitedTarget, nowMs: number): number {
    const { targetId, maxConcurrent, maxPerMinute } = target
    if (maxConcurrent === 0 && maxPerMinute === 0) return 0
    const running = this.#targets.get(targetId)?.running ?? 0
    if (maxConcurrent > 0 && running >= this.#partOf(maxConcurrent, targetId)) return Number.POSITIVE_INFINITY
    if (maxPerMinute === 0) return 0
    const part = this.#partOf(maxPerMinute, targetId)
    if (part === 0) return Number.POSITIVE_INFINITY
    const { tokens } = this.#fill(target, nowMs)
    return tokens >= 1 ? 0 : (1 - tokens) / bucketOf(part).perMs
  }

  /** Starts a call, after `waitMs` said 0. The caller owes a `settle` or a `giveBack`. */
  take(target: LimitedTarget, nowMs: number): void {
    const state = this.#fill(target, nowMs)
    state.running += 1
    state.tokens -= 1
  }

  settle(targetId: string): void {
    const state = this.#targets.get(targetId)
    if (state !== undefined) state.running = Math.max(0, state.running - 1)
  }

  /** The call was not made after all. */
  giveBack(targetId: string): void {
    this.settle(targetId)
    const state = this.#targets.get(targetId)
    if (state !== undefined) state.tokens += 1
  }

  /** With the tokens that it has by now. */
  #fill(target: LimitedTarget, nowMs: number): TargetState {
    const { targetId, maxPerMinute } = target
    const bucket = bucketOf(this.#partOf(maxPerMinute, targetId))
    const state = this.#targets.get(targetId) ?? this.#remember(targetId, bucket.size, nowMs)
    const filled = state.tokens + Math.max(0, nowMs - state.filledAt) * bucket.perMs
    Object.assign(state, { tokens: Math.min(bucket.size, filled), filledAt: nowMs })
    return state
  }

  #remember(targetId: string, tokens: number, nowMs: number): TargetState {
    if (this.#targets.size >= TARGETS_MAX) this.#forgetOneIdle()
    const state = { running: 0, tokens, filledAt: nowMs }
    this.#targets.set(targetId, state)
    return state
  }

  #forgetOneIdle(): void {
    for (const [targetId, { running }] of this.#targets) {
      if (running > 0) continue
      this.#targets.delete(targetId)
      return
    }
  }

  /** What is left over goes to other workers for other targets, so that no worker has all of it. */
  #partOf(limit: number, targetId: string): number {
    const { index, count } = this.#share
    const turn = (index + checksum(targetId)) % count
    return Math.floor(limit / count) + (turn < limit % count ? 1 : 0)
  }
}

/** So filled that no minute sees more than the limit: what it holds at the minute's start and what comes in during it. */
function bucketOf(perMinute: number): { readonly size: number; readonly perMs: number } {
  if (perMinute === 0) return { size: 0, perMs: 0 }
  const size = Math.max(1, Math.floor((perMinute * BURST_MS) / MINUTE_MS))
  return { size, perMs: (perMinute - size + 1) / MINUTE_MS }
}

function checksum(text: string): number {
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return sum
}
