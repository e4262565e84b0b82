import type { Ledger } from '../ledger/ledger.ts'
import type { Store } from '../store/open-store.ts'

export type BillingDeps = {
  readonly store: Store
  readonly ledger: Pick<Ledger, 'query'>
  /** Resolves when the ledger has every row that is on its way to it now. @throws when the signal aborts */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  /** Unix milliseconds. */
  readonly clock: () => number
}
