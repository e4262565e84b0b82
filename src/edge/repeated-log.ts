import type { Logger } from 'pino'
import { EDGE_LIMITS } from './edge-limits.ts'

/**
 * Logs a failure that every request may meet (a full disk) once per EDGE_LIMITS.repeatedLogMs, with how many
 * were silent in between: loud, and no second load on the disk that is full.
 */
export class RepeatedLog {
  readonly #log: Logger
  readonly #clock: () => number
  readonly #kinds = new Map<string, { loggedMs: number; silent: number }>()

  constructor(log: Logger, clock: () => number) {
    this.#log = log
    this.#clock = clock
  }

  /** @param message also the kind that is limited: a constant text. */
  error(message: string, error: unknown): void {
    const nowMs = this.#clock()
    const kind = this.#kinds.get(message)
    if (kind !== undefined && Math.abs(nowMs - kind.loggedMs) < EDGE_LIMITS.repeatedLogMs) {
      kind.silent += 1
      return
    }
    this.#log.error({ err: error, silentBefore: kind?.silent ?? 0 }, message)
    this.#kinds.set(message, { loggedMs: nowMs, silent: 0 })
  }
}
