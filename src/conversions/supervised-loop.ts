import { setTimeout as sleep } from 'node:timers/promises'
import { CONVERSION_LIMITS } from './conversion-limits.ts'

export type LoopOptions = {
  /** Aborted to stop; the round under way is finished. */
  readonly signal: AbortSignal
  /** A round failed and is tried again after a pause. For the log. */
  readonly onError: (error: unknown) => void
}

/**
 * Repeats a round until the signal aborts. A round returns how long to wait before the next one; one that fails
 * is tried again after an ever longer pause.
 */
export async function superviseLoop(round: () => Promise<number>, options: LoopOptions): Promise<void> {
  let retryMs: number = CONVERSION_LIMITS.retryMinMs
  while (!options.signal.aborted) {
    try {
      const waitMs = await round()
      retryMs = CONVERSION_LIMITS.retryMinMs
      await pause(waitMs, options.signal)
    } catch (error) {
      options.onError(error)
      await pause(retryMs, options.signal)
      retryMs = Math.min(retryMs * 2, CONVERSION_LIMITS.retryMaxMs)
    }
  }
}

/** Returns early when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {})
}
