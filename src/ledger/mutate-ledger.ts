import type { Ledger, QueryParams } from './ledger.ts'
import { MUTATION_POLL_MS, MUTATION_WAIT_MS } from './limits.ts'
import { pause } from './retried-loop.ts'

export type MutableLedger = Pick<Ledger, 'command' | 'lookUp' | 'query'>

/** An UPDATE in place could not be done; the rows are as they were, and it may be tried again. */
export class LedgerMutationError extends Error {
  readonly code = 'ledger_mutation_failed'
}

/**
 * Changes rows of the ledger in place: `ALTER TABLE ledger <sql>`, begun and then waited for, so that no connection is
 * held by it. The engine rewrites the named columns of the parts that hold such rows and leaves all others alone; rows
 * that are inserted meanwhile are not changed. Repeated inserts are told by tokens and by the column `batch`, which
 * no mutation touches, so that the loader stays exact.
 *
 * Retention alone uses it, one mutation after another.
 * @throws LedgerMutationError, LedgerUnavailableError; when the signal aborts, which leaves the mutation to the engine
 */
export async function mutateLedger(
  ledger: MutableLedger,
  sql: string,
  params: QueryParams,
  signal: AbortSignal,
): Promise<void> {
  await ledger.command(`ALTER TABLE ledger ${sql} SETTINGS mutations_sync = 0`, params)
  await untilMutated(ledger, signal)
}

type Mutation = { readonly failed: string }

/** Resolves when no mutation is under way, e.g. one that a process began which is no more. @throws as `mutateLedger` */
export async function untilMutated(ledger: MutableLedger, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += MUTATION_POLL_MS) {
    signal.throwIfAborted()
    const open = await ledger.lookUp<Mutation>(
      `SELECT latest_fail_reason AS failed FROM system.mutations WHERE ${UNFINISHED}`,
    )
    if (open.length === 0) return
    const failed = open.find((mutation) => mutation.failed !== '')?.failed
    // The engine would try it again for ever, and merge none of its parts meanwhile.
    if (failed !== undefined) await ledger.command(`KILL MUTATION WHERE ${UNFINISHED}`, {})
    if (failed !== undefined) throw new LedgerMutationError(failed)
    if (waitedMs > MUTATION_WAIT_MS) throw new LedgerMutationError('it takes longer than it may')
    await pause(MUTATION_POLL_MS, signal)
  }
}

const UNFINISHED = "database = currentDatabase() AND table = 'ledger' AND NOT is_done"
