import { clickIdTime } from '../domain/click-id.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { Ledger } from './ledger.ts'
import { LOOKUP_IDS_MAX } from './limits.ts'
import { LEDGER_ROW_COLUMNS, LEDGER_ROW_SETTINGS, withoutDefaults } from './select-rows.ts'

/** The alphabet and length of click ids: no other letter may become part of a query. */
export const CLICK_ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/

/** A visit with the clicks that the ledger has of it. */
export type FoundVisit = {
  /** As its latest correction left it. */
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
  return foldVisits(await selectRows(ledger, clickIds, " AND kind IN ('visit', 'click')"))
}

/**
 * Every row of the click ids, those of corrections too, oldest first.
 * @param clickIds at most LOOKUP_IDS_MAX
 * @throws LedgerUnavailableError
 */
export async function findRowsInLedger(
  ledger: Pick<Ledger, 'lookUp'>,
  clickIds: readonly string[],
): Promise<readonly LedgerRow[]> {
  return await selectRows(ledger, clickIds, '')
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

async function selectRows(
  ledger: Pick<Ledger, 'lookUp'>,
  clickIds: readonly string[],
  condition: string,
): Promise<readonly LedgerRow[]> {
  // The ids become part of the text (Ledger.lookUp), so nothing but their alphabet may pass.
  const ids = clickIds.filter((id) => CLICK_ID_PATTERN.test(id))
  if (ids.length === 0) return []
  const since = Math.floor(Math.min(...ids.map(clickIdTime)) / 1_000)
  const rows = await ledger.lookUp<LedgerRow>(`SELECT ${LEDGER_ROW_COLUMNS}
FROM ledger
WHERE click_id IN (${ids.map((id) => `'${id}'`).join(', ')})
  AND at_slot >= toStartOfFifteenMinutes(toDateTime(${since}, 'UTC'))${condition}
ORDER BY ledger.at, ledger.corrected_at
SETTINGS ${LEDGER_ROW_SETTINGS}`)
  return rows.map(withoutDefaults)
}

/**
 * What a correction takes away is left out, and of a visit the row that was added last counts. Clicks are added up
 * over all rows, where what was taken away is negative.
 */
function foldVisits(rows: readonly LedgerRow[]): ReadonlyMap<string, FoundVisit> {
  const found = new Map<string, FoundVisit>()
  const states = rows.filter(({ correction }) => correction !== 'out')
  for (const visit of states.filter(({ kind }) => kind === 'visit')) {
    const known = found.get(visit.click_id)?.visit
    if ((known?.corrected_at ?? 0) > (visit.corrected_at ?? 0)) continue
    found.set(visit.click_id, { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 0 })
  }
  for (const click of states.filter(({ kind }) => kind === 'click')) {
    const visit = found.get(click.click_id)
    if (visit === undefined) continue
    found.set(click.click_id, {
      ...visit,
      lastClickOfferId: click.offer_id ?? '',
      lastClickNetworkId: click.affiliate_network_id ?? '',
    })
  }
  for (const { click_id: clickId, clicks = 0 } of rows) {
    const visit = found.get(clickId)
    if (visit !== undefined && clicks !== 0) found.set(clickId, { ...visit, clicks: visit.clicks + clicks })
  }
  return found
}
