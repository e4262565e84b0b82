import type { LedgerRow } from '../domain/ledger-row.ts'
import { reopenUpdates } from '../store/corrected-visits.ts'
import type { Db } from '../store/transaction.ts'

/**
 * Clicks and lander views on their way to visits that have been corrected, or are being corrected just now: they may
 * repeat the visit as it was before.
 *
 * ```
 *  corrector   watch ─▶ ledger caught up ─▶ rows read ─▶ marked as applied ─▶ anything late? ─▶ commit
 *  loader               noted ─▶ marked as waiting ─▶ inserted
 * ```
 *
 * A late row is noted before its updates are marked, and the corrector looks after it has marked them. Whichever of the
 * two marks last, the updates wait in the end, and the visit is corrected once more.
 */
export class LateRows {
  readonly #db: Db
  #noted = new Set<string>()
  #watching = false

  constructor(db: Db) {
    this.#db = db
  }

  /** For the loader, before it inserts the rows. */
  async add(rows: readonly LedgerRow[]): Promise<void> {
    if (this.#watching) for (const row of rows) this.#noted.add(row.click_id)
    await reopenUpdates(this.#db, rows)
  }

  /** Begins to note, for the one corrector there is. */
  watch(): void {
    this.#noted = new Set()
    this.#watching = true
  }

  /** Whether a row of the visit came since. */
  has(clickId: string): boolean {
    return this.#noted.has(clickId)
  }

  stop(): void {
    this.#watching = false
    this.#noted = new Set()
  }
}
