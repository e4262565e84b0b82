import { clickIdTime } from '../domain/click-id.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { Ledger } from './ledger.ts'
import { LOOKUP_IDS_MAX } from './limits.ts'
import { LEDGER_ROW_COLUMNS, LEDGER_ROW_SETTINGS, withoutDefaults } from './select-rows.ts'

/** The alphabet and length of click ids: no other letter may become part of a query. */
const CLICK_ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/

/** A visit with the clicks that the ledger has of it. */
export type FoundVisit = {
  readonly visit: LedgerRow
  /** Where the visitor went last; '' when there was no click besides the visit itself. */
  readonly lastClickOfferId: string
  readonly lastClickNetworkId: string
  readonly clicks: number
}

/**
 * Reads the visits of click ids, with their clicks. The ids' times let the engine leave out everything older.
 * @throws LedgerUnavailableError
 */
export async function findInLedger(
  ledger: Pick<Ledger, 'lookUp'>,
  clickIds: readonly string[],
): Promise<ReadonlyMap<string, FoundVisit>> {
  // The ids become part of the text (Ledger.lookUp), so nothing but their alphabet may pass.
  const ids = clickIds.filter((id) => CLICK_ID_PATTERN.test(id))
  if (ids.length === 0) return new Map()
  const since = Math.floor(Math.min(...ids.map(clickIdTime)) / 1_000)
  const rows = await ledger.lookUp<LedgerRow>(`SELECT ${LEDGER_ROW_COLUMNS}
FROM ledger
WHERE click_id IN (${ids.map((id) => `'${id}'`).join(', ')})
  AND at_slot >= toStartOfFifteenMinutes(toDateTime(${since}, 'UTC'))
  AND kind IN ('visit', 'click')
ORDER BY ledger.at
SETTINGS ${LEDGER_ROW_SETTINGS}`)
  return foldVisits(rows.map(withoutDefaults))
}

/** As `findInLedger`, for any number of ids. */
export async function findAllInLedger(
  ledger: Pick<Ledger, 'lookUp'>,
  clickIds: readonly string[],
): Promise<Map<string, FoundVisit>> {
  const found = new Map<string, FoundVisit>()
  for (let start = 0; start < clickIds.length; start += LOOKUP_IDS_MAX) {
    const part = await findInLedger(ledger, clickIds.slice(start, start + LOOKUP_IDS_MAX))
    for (const [clickId, visit] of part) found.set(clickId, visit)
  }
  return found
}

function foldVisits(rows: readonly LedgerRow[]): ReadonlyMap<string, FoundVisit> {
  const found = new Map<string, FoundVisit>()
  for (const visit of rows.filter(({ kind }) => kind === 'visit')) {
    found.set(visit.click_id, {
      visit,
      lastClickOfferId: '',
      lastClickNetworkId: '',
      clicks: visit.clicks ?? 0,
    })
  }
  for (const row of rows.filter(({ kind }) => kind === 'click')) {
    const visit = found.get(row.click_id)
    if (visit === undefined) continue
    found.set(row.click_id, {
      ...visit,
      lastClickOfferId: row.offer_id ?? '',
      lastClickNetworkId: row.affiliate_network_id ?? '',
      clicks: visit.clicks + (row.clicks ?? 0),
    })
  }
  return found
}
