import { findHitsToRematch } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Judge } from './judge.ts'
import { superviseLoop } from './supervised-loop.ts'

export type RematchOptions = {
  readonly judge: Judge
  readonly db: Db
  readonly clock: () => number
}

/**
 * Judges the unmatched hits anew whose time has come: their click ids are genuine, so that the visit is on its
 * way, e.g. in the journal of an edge that was cut off. A hit that stays unmatched is put off by its age, and
 * given up after two weeks; it stays in the inbox.
 * @returns how many were judged, and how many of them are unmatched no more.
 */
export async function rematchUnmatched(
  options: RematchOptions,
): Promise<{ judged: number; matched: number }> {
  const hits = await findHitsToRematch(options.db, options.clock(), CONVERSION_LIMITS.rematchBatchMax)
  if (hits.length === 0) return { judged: 0, matched: 0 }
  const answers = await options.judge.rejudge(hits.map((hit) => hit.request))
  return {
    judged: hits.length,
    matched: answers.filter((answer) => answer.outcome !== 'unmatched').length,
  }
}

/** Does so until the signal aborts. */
export async function runRematch(
  options: RematchOptions & {
    readonly signal: AbortSignal
    readonly onError: (error: unknown) => void
  },
): Promise<void> {
  const round = async () => {
    const { judged } = await rematchUnmatched(options)
    return judged === CONVERSION_LIMITS.rematchBatchMax ? 0 : CONVERSION_LIMITS.rematchIdleMs
  }
  await superviseLoop(round, options)
}
