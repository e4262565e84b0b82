import type { Loader } from '../ledger/loader.ts'
import { pause } from '../ledger/retried-loop.ts'
import { isOutboxMoved, markOutbox } from '../store/outbox-mark.ts'
import type { Db } from '../store/transaction.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'

/**
 * Resolves when the ledger has every row that is in a journal or in the outbox now, so that a correction sees all
 * that it corrects.
 * @throws when the signal aborts
 */
export type CatchUp = (signal: AbortSignal) => Promise<void>

export function createCatchUp(options: {
  readonly db: Db
  readonly loader: Pick<Loader, 'untilLoaded'>
}): CatchUp {
  const { db, loader } = options
  return async (signal) => {
    const mark = await markOutbox(db)
    await loader.untilLoaded(signal)
    while (!(await isOutboxMoved(db, mark))) {
      signal.throwIfAborted()
      await pause(CORRECTION_LIMITS.catchUpPollMs, signal)
    }
  }
}
