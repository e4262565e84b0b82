import { HOST_COOL_DOWN_MS, HOST_FAILURES_TO_OPEN } from '../domain/delivery-rules.ts'

/** Calls that a host may hold before its first answer: fresh hosts are many, and most dead ones are fresh. */
const RUNNING_AT_FIRST = 2
/** …and at most, as long as it answers quickly: a quarter of the worker's slots. */
const RUNNING_MAX = 128
const RUNNING_SLOW_MAX = 32
/** …and while one of its calls takes too long: more of them would hold their slots until the time-out. */
const RUNNING_LATE_MAX = 6
/** A host that takes longer for a call is slow. */
const SLOW_MS = 2_000
/** A call takes too long when it is under way for longer than this and than so many times what is typical. */
const LATE_MS = 1_000
const LATE_FACTOR = 4
/** Share of the newest call in the typical duration: one quick answer counts for more than one hiccup. */
const QUICKER_WEIGHT = 0.5
const SLOWER_WEIGHT = 0.1

/** Failures in a row that open the breaker of a host that has never answered. */
const FAILURES_TO_OPEN_AT_FIRST = 5
/** No host can have all that goes to it put off for longer by its Retry-After. */
const HOLD_MS_MAX = 600_000
const HOSTS_MAX = 10_000

/** How a call to a host went. */
export type HostCall = {
  readonly failed: boolean
  readonly durationMs: number
  readonly nowMs: number
  /** For how long it asked for no calls at all; 0 when it did not. */
  readonly holdMs: number
}

export type HostStanding = {
  /** It has answered quickly so far, and does not keep us waiting now. */
  readonly isProven: boolean
  /** Its last call failed, or one under way takes too long. */
  readonly hasFailed: boolean
  /** Calls under way. */
  readonly running: number
}

/** A call under way: what `take` gives out, and `settle` or `giveBack` takes back. */
export type HostPlace = { readonly since: number }

type HostState = {
  /** The longest under way first. */
  readonly running: Set<HostPlace>
  /** Calls that it may hold now; a fraction counts towards the next one. */
  runningMax: number
  /** Undefined until the first call that did not fail. */
  typicalMs: number | undefined
  failuresInRow: number
  coolDownMs: number
  /** 0 while the breaker is closed. */
  openUntil: number
  probing: boolean
  heldUntil: number
}

/**
 * Says per host whether a call may start now. It knows nothing of deliveries: one that may not start stays where it
 * is, and nothing is counted against it.
 *
 *   closed ── failures in a row ──▶ open ── cool-down over ──▶ half open: one probe
 *     ▲                              ▲                           │         │
 *     ╰────────── answered ──────────┼───────────────────────────╯         │
 *                                    ╰── failed: twice the cool-down ──────╯
 *
 * Besides the breaker, each host may hold a number of calls that starts small, grows by one with each quick answer
 * (so that it doubles with every round), halves with each failure and sinks with slow answers.
 *
 * Its time never goes back: while the clock that it is told of does, it stands still. All that it waits for comes.
 */
export class HostGate {
  readonly #hosts = new Map<string, HostState>()
  #clockMs = Number.NEGATIVE_INFINITY
  /** By how much the clock was set back so far. */
  #setBackMs = 0

  /** How long no call may start; 0 for none, Infinity for until one of those under way has ended. */
  waitMs(host: string, nowMs: number): number {
    const now = this.#steady(nowMs)
    const state = this.#hosts.get(host)
    if (state === undefined) return 0
    const closedUntil = Math.max(state.openUntil, state.heldUntil)
    if (closedUntil > now) return closedUntil - now
    if (state.openUntil > 0) return state.probing ? Number.POSITIVE_INFINITY : 0
    return state.running.size < mayHold(state, now) ? 0 : Number.POSITIVE_INFINITY
  }

  /** What a host is known for now. */
  standing(host: string, nowMs: number): HostStanding {
    const now = this.#steady(nowMs)
    const state = this.#hosts.get(host)
    if (state === undefined) return { isProven: false, hasFailed: false, running: 0 }
    const late = isLate(state, now)
    return {
      isProven: isQuick(state) && !late,
      hasFailed: late || state.failuresInRow > 0,
      running: state.running.size,
    }
  }

  /** Starts a call, after `waitMs` said 0. The caller owes a `settle` or a `giveBack` for the same host. */
  take(host: string, nowMs: number): HostPlace {
    const place = { since: this.#steady(nowMs) }
    const state = this.#stateOf(host)
    if (state.openUntil > 0) state.probing = true
    state.running.add(place)
    return place
  }

  /** The call was not made after all. */
  giveBack(host: string, place: HostPlace): void {
    const state = this.#hosts.get(host)
    if (state === undefined) return
    state.running.delete(place)
    if (state.running.size === 0) state.probing = false
  }

  settle(host: string, place: HostPlace, call: HostCall): void {
    const now = this.#steady(call.nowMs)
    const state = this.#stateOf(host)
    state.running.delete(place)
    state.typicalMs = typicalAfter(state.typicalMs, call)
    state.runningMax = runningMaxAfter(state, call)
    state.heldUntil = Math.max(state.heldUntil, now + Math.min(call.holdMs, HOLD_MS_MAX))
    if (call.failed) countFailure(state, now)
    else Object.assign(state, { failuresInRow: 0, openUntil: 0, probing: false, coolDownMs: 0 })
  }

  #steady(nowMs: number): number {
    if (nowMs < this.#clockMs) this.#setBackMs += this.#clockMs - nowMs
    this.#clockMs = nowMs
    return nowMs + this.#setBackMs
  }

  #stateOf(host: string): HostState {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    if (this.#hosts.size >= HOSTS_MAX) this.#forgetOneIdle()
    const fresh: HostState = {
      running: new Set(),
      runningMax: RUNNING_AT_FIRST,
      typicalMs: undefined,
      failuresInRow: 0,
      coolDownMs: 0,
      openUntil: 0,
      probing: false,
      heldUntil: 0,
    }
    this.#hosts.set(host, fresh)
    return fresh
  }

  /** The longest known that has no call under way; a worker's slots are far fewer than HOSTS_MAX. */
  #forgetOneIdle(): void {
    for (const [host, state] of this.#hosts) {
      if (state.running.size > 0) continue
      this.#hosts.delete(host)
      return
    }
  }
}

function mayHold(state: HostState, now: number): number {
  return isLate(state, now) ? Math.min(state.runningMax, RUNNING_LATE_MAX) : state.runningMax
}

function isQuick({ typicalMs }: HostState): boolean {
  return typicalMs !== undefined && typicalMs <= SLOW_MS
}

/** A host that was quick may hang: that is told by its calls under way, long before they end. */
function isLate({ running, typicalMs = 0 }: HostState, now: number): boolean {
  const [oldest] = running
  return oldest !== undefined && now - oldest.since > Math.max(LATE_MS, LATE_FACTOR * typicalMs)
}

/** A quick failure proves nothing: a host is known by its first answer that was none. */
function typicalAfter(before: number | undefined, call: HostCall): number | undefined {
  if (before === undefined) return call.failed ? undefined : call.durationMs
  const weight = call.durationMs < before ? QUICKER_WEIGHT : SLOWER_WEIGHT
  return before + weight * (call.durationMs - before)
}

function runningMaxAfter(state: HostState, call: HostCall): number {
  if (call.failed) return Math.max(1, state.runningMax / 2)
  const max = isQuick(state) ? RUNNING_MAX : RUNNING_SLOW_MAX
  return state.runningMax < max ? Math.min(max, state.runningMax + 1) : Math.max(max, state.runningMax - 1)
}

function countFailure(state: HostState, nowMs: number): void {
  state.failuresInRow += 1
  const toOpen = state.typicalMs === undefined ? FAILURES_TO_OPEN_AT_FIRST : HOST_FAILURES_TO_OPEN
  if (state.failuresInRow < toOpen) return
  // Calls that were under way when the breaker opened end later: they do not open it any further.
  if (state.openUntil > nowMs) return
  const { first, max } = HOST_COOL_DOWN_MS
  state.coolDownMs = Math.min(Math.max(first, state.coolDownMs * 2), max)
  state.openUntil = nowMs + state.coolDownMs
  state.probing = false
}
