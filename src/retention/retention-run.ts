import type { MutableLedger } from '../ledger/mutate-ledger.ts'
import { pause } from '../ledger/retried-loop.ts'
import type { Store } from '../store/open-store.ts'
import type { Db } from '../store/transaction.ts'
import { takeLease } from '../store/work-cursors.ts'
import type { MonthKeys } from './month-keys.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'

export const RETENTION_LEASE = 'retention/lease'

export type RetentionOptions = {
  readonly store: Store
  readonly ledger: MutableLedger
  readonly keys: MonthKeys
  /** Resolves when the ledger has every row that is in a journal or in the outbox now. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  /** Unique for each process. */
  readonly owner: string
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
  /** What was taken away or treated, for the log. */
  readonly onCounts: (counts: RetentionCounts) => void
}

/** What a pass did in one workspace. */
export type RetentionCounts = {
  readonly workspace: string
  /** YYYY-MM-DD, UTC. */
  readonly day: string
  /** e.g. 'attempts by age'. */
  readonly kind: string
  readonly rows: number
}

/** Another process does retention by now. */
export class LeaseLostError extends Error {
  readonly code = 'lease_lost'

  constructor() {
    super('another process does retention by now')
  }
}

/** Takes or renews the lease. */
export async function holdsLease({ store, owner, clock }: RetentionOptions): Promise<boolean> {
  const { leaseMs } = RETENTION_LIMITS
  return await takeLease(store.db, { name: RETENTION_LEASE, owner, now: clock(), leaseMs })
}

/**
 * One short transaction, and a breath after it. What it did and how far it came are written together, so that a
 * restart goes on where it stopped.
 * @throws LeaseLostError; when the signal aborts
 */
export async function inStep<T>(options: RetentionOptions, work: (db: Db) => Promise<T>): Promise<T> {
  await keepLease(options)
  const done = await options.store.db.transaction().execute(work)
  await pause(RETENTION_LIMITS.breathMs, options.signal)
  return done
}

/** Before each step that is not `inStep`. @throws LeaseLostError; when the signal aborts */
export async function keepLease(options: RetentionOptions): Promise<void> {
  options.signal.throwIfAborted()
  if (!(await holdsLease(options))) throw new LeaseLostError()
}

/** Tells of what was done; of nothing when nothing was. */
export function count(options: RetentionOptions, workspace: string, kind: string, rows: number): void {
  const day = new Date(options.clock()).toISOString().slice(0, 10)
  if (rows > 0) options.onCounts({ workspace, day, kind, rows })
}
