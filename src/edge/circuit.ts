import { EDGE_LIMITS } from './edge-limits.ts'

/**
 * Stops asking a neighbour that does not answer, so that a dead process costs nothing per request.
 *
 * ```
 *  closed ──failures in a row──▶ open ──circuitOpenMs──▶ one trial ──answer──▶ closed
 *                                 ▲──────────────failure────╯
 * ```
 */
export class Circuit {
  readonly #clock: () => number
  #failures = 0
  #openUntilMs = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** True when a request may be tried now. While half open, every open period lets one trial through. */
  allows(): boolean {
    if (this.#failures < EDGE_LIMITS.circuitFailuresMax) return true
    const nowMs = this.#clock()
    if (nowMs < this.#openUntilMs) return false
    this.#openUntilMs = nowMs + EDGE_LIMITS.circuitOpenMs
    return true
  }

  succeeded(): void {
    this.#failures = 0
  }

  failed(): void {
    this.#failures += 1
    this.#openUntilMs = this.#clock() + EDGE_LIMITS.circuitOpenMs
  }
}
