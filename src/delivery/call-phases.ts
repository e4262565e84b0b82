/**
 * Where the time of an attempt went, in milliseconds, redirects added up. What it did not go through is absent: a
 * connection that was open already has neither look-up nor handshakes, and a call that failed on its way has nothing
 * behind the phase in which it did.
 */
export type CallPhases = {
  /** No connection was opened for it. */
  readonly isReused: boolean
  /** Until one of the connections to the origin was free. */
  readonly queuedMs?: number
  readonly resolveMs?: number
  /** TCP. */
  readonly connectMs?: number
  readonly tlsMs?: number
  /** From a connection that can be written to until status line and headers were in. */
  readonly answerMs?: number
  /** The answer's body. */
  readonly readMs?: number
}

/** How far a connection is; times of performance.now(). */
export type Opening = {
  readonly startedAt: number
  /** Names are looked up, addresses are not. */
  readonly isNamed: boolean
  readonly isSecure: boolean
  resolvedAt?: number
  connectedAt?: number
  /** It can be written to. */
  readyAt?: number
}

/** Of one client, which has one connection at a time: how the last one was opened. */
export type Line = { opening?: Opening }

/** How far one request came. Written along the way of every call: a few numbers, and nothing per byte. */
export class CallTrace {
  readonly askedAt = performance.now()
  #givenAt: number | undefined
  #line: Line | undefined
  #answeredAt: number | undefined
  #endedAt: number | undefined

  /** A client has taken it, whose connection is open already or is opened for it from now on. */
  given(line: Line): void {
    this.#givenAt = performance.now()
    this.#line = line
  }

  answered(): void {
    this.#answeredAt = performance.now()
  }

  ended(): void {
    this.#endedAt = performance.now()
  }

  phases(): CallPhases {
    const end = this.#endedAt ?? performance.now()
    const given = this.#givenAt
    if (given === undefined) return { isReused: false, queuedMs: end - this.askedAt }
    const queuedMs = given - this.askedAt
    const read = this.#answeredAt === undefined ? {} : { readMs: end - this.#answeredAt }
    const answered = this.#answeredAt ?? end
    const opening = this.#line?.opening
    if (opening === undefined || opening.startedAt < given) {
      return { isReused: true, queuedMs, answerMs: answered - given, ...read }
    }
    const answer = opening.readyAt === undefined ? {} : { answerMs: answered - opening.readyAt }
    return { isReused: false, queuedMs, ...openingPhases(opening, end), ...answer, ...read }
  }
}

/** @param end of the call, for one that ended before its connection was open. */
function openingPhases(opening: Opening, end: number): Partial<CallPhases> {
  const { startedAt, isNamed, isSecure, resolvedAt, connectedAt, readyAt } = opening
  if (isNamed && resolvedAt === undefined && connectedAt === undefined) return { resolveMs: end - startedAt }
  const resolve = resolvedAt === undefined ? {} : { resolveMs: resolvedAt - startedAt }
  const connectMs = (connectedAt ?? end) - (resolvedAt ?? startedAt)
  if (!isSecure || connectedAt === undefined) return { ...resolve, connectMs }
  return { ...resolve, connectMs, tlsMs: (readyAt ?? end) - connectedAt }
}

const MEASURED = ['queuedMs', 'resolveMs', 'connectMs', 'tlsMs', 'answerMs', 'readMs'] as const

/** Of a call with its redirects, in tenths of a millisecond; undefined when nothing was sent out. */
export function sumPhases(traces: readonly CallTrace[]): CallPhases | undefined {
  if (traces.length === 0) return undefined
  const hops = traces.map((trace) => trace.phases())
  const sums: { -readonly [Name in (typeof MEASURED)[number]]?: number } = {}
  for (const name of MEASURED) {
    const measured = hops.flatMap((hop) => hop[name] ?? [])
    if (measured.length > 0) sums[name] = toTenths(measured.reduce((sum, ms) => sum + ms, 0))
  }
  return { isReused: hops.every(({ isReused }) => isReused), ...sums }
}

function toTenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
