import { setTimeout as sleep } from 'node:timers/promises'
import { RETRY_FIRST_MS, RETRY_MAX_MS } from './limits.ts'

export type LoopOptions = {
  /** Aborted to stop; the round under way is finished. */
  readonly signal: AbortSignal
  /** Ledger or store are away; the round is tried again. For the log. */
  readonly onError: (error: unknown) => void
}

/** Repeats a round, which says how long to wait for the next one; one that fails is repeated ever more slowly. */
export async function runRetriedLoop(round: () => Promise<number>, options: LoopOptions): Promise<void> {
  let retryMs = RETRY_FIRST_MS
  while (!options.signal.aborted) {
    try {
      const waitMs = await round()
      retryMs = RETRY_FIRST_MS
      await pause(waitMs, options.signal)
    } catch (error) {
      options.onError(error)
      await pause(retryMs, options.signal)
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
    }
  }
}

/** Returns early when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
}
