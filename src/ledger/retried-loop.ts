import { setTimeout as sleep } from 'node:timers/promises'
import { RETRY_FIRST_MS, RETRY_MAX_MS } from './limits.ts'

export type LoopOptions = {
  /** Aborted to stop; the round under way is finished. */
  readonly signal: AbortSignal
  /** A round failed and is tried again. For the log. */
  readonly onError: (error: unknown) => void
  /** Pauses after failures: the first, doubled each time up to the last. The ledger's own unless told. */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number }
}

const LEDGER_RETRY = { firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS }

/** Repeats a round, which says how long to wait for the next one; one that fails is repeated ever more slowly. */
export async function runRetriedLoop(round: () => Promise<number>, options: LoopOptions): Promise<void> {
  const { firstMs, maxMs } = options.retry ?? LEDGER_RETRY
  let retryMs = firstMs
  while (!options.signal.aborted) {
    try {
      const waitMs = await round()
      retryMs = firstMs
      await pause(waitMs, options.signal)
    } catch (error) {
      options.onError(error)
      await pause(retryMs, options.signal)
      retryMs = Math.min(retryMs * 2, maxMs)
    }
  }
}

/** Returns early when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
}
