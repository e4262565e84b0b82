import type { LedgerRow } from './ledger-row.ts'
import type { VisitChange } from './visit-change.ts'

/**
 * What an erasure takes from every row of a visit: everything that came from the person or its browser and may tell who
 * it is. Country, region, device type, system, browser and language stay: they are shared by many, and reports add
 * up by them. So do money, status, the ids of our own things, the transaction id of the sale and the click id itself,
 * by which the books agree.
 */
export const ERASED_TEXTS = [
  ...(['external_id', 'city', 'device_model', 'referrer', 'ip', 'user_agent', 'location'] as const),
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 'sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
] as const satisfies readonly (keyof LedgerRow)[]

/** As ERASED_TEXTS: named values. */
export const ERASED_MAPS = ['tokens', 'params'] as const satisfies readonly (keyof LedgerRow)[]

const ERASED: ReadonlySet<string> = new Set([...ERASED_TEXTS, ...ERASED_MAPS])

/** The row without what an erasure takes. */
export function erasedRow<Row extends object>(row: Row): Row {
  const kept = Object.entries(row).filter(([name]) => !ERASED.has(name))
  return Object.fromEntries(kept) as Row // every property that an erasure takes is optional
}

/** Of an update of a visit, what says whether it counts as a person's stays. */
export function erasedChange({ bot, addFlags, removeFlags }: VisitChange): VisitChange {
  return {
    ...(bot !== undefined && { bot }),
    ...(addFlags !== undefined && { addFlags }),
    ...(removeFlags !== undefined && { removeFlags }),
  }
}

/** In front of a system's own words in the reason of a delivery and in the error of an attempt: they may repeat what it was sent. */
export const SYSTEM_SAID = 'refused_by_system: '

/** What a report of a conversion says of the sale and of whose it is; all else came from the person. */
const KEPT_OF_REPORT: ReadonlySet<string> = new Set(
  'cid offer affiliate event status txid payout currency time'.split(' '),
)

/** A row of an upload (parameters under our names) without what an erasure takes; applied later, it counts the same. */
export function erasedReport(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => KEPT_OF_REPORT.has(name)))
}
