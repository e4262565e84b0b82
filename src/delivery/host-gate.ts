/** Calls that a host may hold before its first answer. */
const RUNNING_AT_FIRST = 6
/** …and at most, as long as it answers quickly, and when it does not. */
const RUNNING_MAX = 256
const RUNNING_SLOW_MAX = 32
/** A host that takes longer for a call is slow; so is one with calls under way that has been silent for so long. */
const SLOW_MS = 2_000
/** Share of the newest call in the typical duration: one quick answer counts for more than one hiccup. */
const QUICKER_WEIGHT = 0.5
const SLOWER_WEIGHT = 0.1

/** Failures in a row that open a host's breaker; fewer suffice for one that has never answered. */
const FAILURES_TO_OPEN = 10
const FAILURES_TO_OPEN_AT_FIRST = 5
const COOL_DOWN_MS_FIRST = 10_000
const COOL_DOWN_MS_MAX = 300_000
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

type HostState = {
  running: number
  /** Calls that it may hold now; a fraction counts towards the next one. */
  runningMax: number
  /** When it answered last, or when calls to it began after none. */
  heardAt: number
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
 */
export class HostGate {
  readonly #hosts = new Map<string, HostState>()

  /** How long no call may start; 0 for none, Infinity for until one of those under way has ended. */
  waitMs(host: string, nowMs: number): number {
    const state = this.#hosts.get(host)
    if (state === undefined) return 0
    const closedUntil = Math.max(state.openUntil, state.heldUntil)
    if (closedUntil > nowMs) return closedUntil - nowMs
    if (state.openUntil > 0) return state.probing ? Number.POSITIVE_INFINITY : 0
    return state.running < mayHold(state, nowMs) ? 0 : Number.POSITIVE_INFINITY
  }

  /** Whether it has answered quickly so far, and does not keep us waiting now. */
  isProven(host: string, nowMs: number): boolean {
    const state = this.#hosts.get(host)
    return state !== undefined && isQuick(state) && !isSilent(state, nowMs)
  }

  /** Starts a call, after `waitMs` said 0. The caller owes a `settle` or a `giveBack` for the same host. */
  take(host: string, nowMs: number): void {
    const state = this.#stateOf(host, nowMs)
    if (state.running === 0) state.heardAt = nowMs
    if (state.openUntil > 0) state.probing = true
    state.running += 1
  }

  /** The call was not made after all. */
  giveBack(host: string): void {
    const state = this.#hosts.get(host)
    if (state === undefined) return
    state.running = Math.max(0, state.running - 1)
    if (state.running === 0) state.probing = false
  }

  settle(host: string, call: HostCall): void {
    const state = this.#stateOf(host, call.nowMs)
    state.running = Math.max(0, state.running - 1)
    state.heardAt = call.nowMs
    state.typicalMs = typicalAfter(state.typicalMs, call)
    state.runningMax = runningMaxAfter(state, call)
    state.heldUntil = Math.max(state.heldUntil, call.nowMs + Math.min(call.holdMs, HOLD_MS_MAX))
    if (call.failed) countFailure(state, call.nowMs)
    else Object.assign(state, { failuresInRow: 0, openUntil: 0, probing: false, coolDownMs: 0 })
  }

  #stateOf(host: string, nowMs: number): HostState {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    if (this.#hosts.size >= HOSTS_MAX) this.#forgetOneIdle()
    const fresh: HostState = {
      running: 0,
      runningMax: RUNNING_AT_FIRST,
      heardAt: nowMs,
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
      if (state.running > 0) continue
      this.#hosts.delete(host)
      return
    }
  }
}

/** Many calls to a host that was quick and hangs would hold their slots until the time-out, each of them. */
function mayHold(state: HostState, nowMs: number): number {
  return isSilent(state, nowMs) ? Math.min(state.runningMax, RUNNING_AT_FIRST) : state.runningMax
}

function isQuick({ typicalMs }: HostState): boolean {
  return typicalMs !== undefined && typicalMs <= SLOW_MS
}

function isSilent({ running, heardAt }: HostState, nowMs: number): boolean {
  return running > 0 && nowMs - heardAt > SLOW_MS
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
  const toOpen = state.typicalMs === undefined ? FAILURES_TO_OPEN_AT_FIRST : FAILURES_TO_OPEN
  if (state.failuresInRow < toOpen) return
  // Calls that were under way when the breaker opened end later: they do not open it any further.
  if (state.openUntil > nowMs) return
  state.coolDownMs = Math.min(Math.max(COOL_DOWN_MS_FIRST, state.coolDownMs * 2), COOL_DOWN_MS_MAX)
  state.openUntil = nowMs + state.coolDownMs
  state.probing = false
}
