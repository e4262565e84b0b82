import { type LoopOptions, runRetriedLoop } from '../ledger/retried-loop.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'

const RETRY = { firstMs: CONVERSION_LIMITS.retryMinMs, maxMs: CONVERSION_LIMITS.retryMaxMs }

/** Repeats a round until the signal aborts, with the pauses of conversions after one that fails. */
export async function superviseLoop(
  round: () => Promise<number>,
  { signal, onError }: Pick<LoopOptions, 'signal' | 'onError'>,
): Promise<void> {
  await runRetriedLoop(round, { signal, onError, retry: RETRY })
}
