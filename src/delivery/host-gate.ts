/** Failures in a row that open a host's breaker. */
const FAILURES_TO_OPEN = 10
const COOL_DOWN_MS_FIRST = 10_000
const COOL_DOWN_MS_MAX = 300_000
/** While one call tries whether a host is back, the others wait this long and look again. */
const PROBE_WAIT_MS = 5_000
/** A host that takes longer, or has not answered yet, may hold a part of the slots: the others need some, too. */
const SLOW_MS = 2_000
const SLOW_RUNNING_MAX = 64
/** What a call to a host that has not answered yet is taken to last. */
const NEW_DURATION_MS = 100
/** Share of the newest call in the typical duration: one quick answer counts for more than one hiccup. */
const QUICKER_WEIGHT = 0.5
const SLOWER_WEIGHT = 0.1
const POSTPONE_MS_MAX = 300_000
const HOSTS_MAX = 10_000

export type Admission =
  | { readonly kind: 'send' }
  /** Not now; nothing is counted against the delivery. */
  | { readonly kind: 'postpone'; readonly dueAt: number }

type HostState = {
  running: number
  failuresInRow: number
  coolDownMs: number
  /** 0 while the breaker is closed. */
  openUntil: number
  probing: boolean
  /** Undefined until the first call that did not fail. */
  typicalMs: number | undefined
  /** When the next postponed delivery gets its turn, were they all to wait in line. */
  lineEndsAt: number
}

/**
 * Decides per host whether a call may start now. It postpones and never gives up: that is the retry schedule's.
 *
 *   closed ── FAILURES_TO_OPEN in a row ──▶ open ── cool-down over ──▶ half open: one probe
 *     ▲                                      ▲                            │         │
 *     ╰────────────── answered ──────────────┼────────────────────────────╯         │
 *                                            ╰── failed: twice the cool-down ───────╯
 *
 * Besides the breaker, a slow or unknown host may hold a few calls only. What is postponed for that is spread
 * at the pace of the host, so that a long backlog of a slow one is not claimed over and over.
 */
export class HostGate {
  readonly #hosts = new Map<string, HostState>()
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** After `send`, the caller owes a `settle` for the same host. */
  admit(host: string, nowMs: number): Admission {
    const state = this.#stateOf(host)
    if (state.openUntil > nowMs) return this.#postpone(state.openUntil)
    if (state.openUntil > 0) {
      if (state.probing) return this.#postpone(nowMs + PROBE_WAIT_MS)
      state.probing = true
    } else if (state.running >= runningMax(state)) {
      return { kind: 'postpone', dueAt: takePlaceInLine(state, nowMs) }
    }
    state.running += 1
    return { kind: 'send' }
  }

  settle(
    host: string,
    call: { readonly failed: boolean; readonly durationMs: number; readonly nowMs: number },
  ) {
    const state = this.#stateOf(host)
    state.running = Math.max(0, state.running - 1)
    state.typicalMs = typicalAfter(state.typicalMs, call)
    if (call.failed) this.#countFailure(state, call.nowMs)
    else Object.assign(state, { failuresInRow: 0, openUntil: 0, probing: false, coolDownMs: 0 })
  }

  #countFailure(state: HostState, nowMs: number): void {
    state.failuresInRow += 1
    if (state.failuresInRow < FAILURES_TO_OPEN) return
    // Calls that were under way when the breaker opened end later: they do not open it any further.
    if (state.openUntil > nowMs) return
    state.coolDownMs = Math.min(Math.max(COOL_DOWN_MS_FIRST, state.coolDownMs * 2), COOL_DOWN_MS_MAX)
    state.openUntil = nowMs + state.coolDownMs
    state.probing = false
  }

  /** With some spread, so that a host that is back is not met by everything at once. */
  #postpone(earliest: number): Admission {
    return { kind: 'postpone', dueAt: Math.ceil(earliest + this.#random() * PROBE_WAIT_MS) }
  }

  #stateOf(host: string): HostState {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    if (this.#hosts.size >= HOSTS_MAX) this.#forgetOneIdle()
    const fresh = {
      running: 0,
      failuresInRow: 0,
      coolDownMs: 0,
      openUntil: 0,
      probing: false,
      typicalMs: undefined,
      lineEndsAt: 0,
    }
    this.#hosts.set(host, fresh)
    return fresh
  }

  /** The longest known that has no call under way; the worker's concurrency is far below HOSTS_MAX. */
  #forgetOneIdle(): void {
    for (const [host, state] of this.#hosts) {
      if (state.running > 0) continue
      this.#hosts.delete(host)
      return
    }
  }
}

/** A quick failure proves nothing: a host is known by its first answer that was none. */
function typicalAfter(
  before: number | undefined,
  call: { readonly failed: boolean; readonly durationMs: number },
): number | undefined {
  if (before === undefined) return call.failed ? undefined : call.durationMs
  const weight = call.durationMs < before ? QUICKER_WEIGHT : SLOWER_WEIGHT
  return before + weight * (call.durationMs - before)
}

function runningMax(state: HostState): number {
  const quick = state.typicalMs !== undefined && state.typicalMs <= SLOW_MS
  return quick ? Number.POSITIVE_INFINITY : SLOW_RUNNING_MAX
}

function takePlaceInLine(state: HostState, nowMs: number): number {
  const durationMs = state.typicalMs ?? NEW_DURATION_MS
  const turn = Math.max(state.lineEndsAt, nowMs + durationMs) + durationMs / runningMax(state)
  state.lineEndsAt = Math.min(turn, nowMs + POSTPONE_MS_MAX)
  return Math.ceil(state.lineEndsAt)
}
