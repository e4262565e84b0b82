import type { LedgerRow } from '../domain/ledger-row.ts'

/** A visit as the ledger knows it. */
export type FoundVisit = {
  readonly visit: LedgerRow
  /** Where the visitor went last; '' when there was no click besides the visit itself. */
  readonly lastClickOfferId: string
  readonly lastClickNetworkId: string
  readonly clicks: number
}

/** Looks visits up, also those that have not reached the ledger yet. Concurrent calls share queries. */
export type VisitLookup = {
  findVisits(clickIds: string[]): Promise<ReadonlyMap<string, FoundVisit>>
}
