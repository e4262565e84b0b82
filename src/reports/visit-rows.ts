import { clickIdTime } from '../domain/click-id.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { LEDGER_ROW_COLUMNS, LEDGER_ROW_SETTINGS, withoutDefaults } from '../ledger/select-rows.ts'

/** Rows of one visit that are told; a visit with more is a robot's. */
const ROWS_MAX = 1_000

/** A visit comes before its conversions, also where they bear the same millisecond. */
const KIND_ORDER = "indexOf(['impression', 'visit', 'lander_view', 'click', 'conversion', 'cost'], kind)"

/**
 * Every row of one click id, oldest first; empty when the workspace has none. The id's time lets the engine
 * leave out everything older than the visit, its index of click ids most of what is younger.
 * @param clickId a verified one
 * @throws LedgerUnavailableError
 */
export async function loadVisitRows(
  ledger: Pick<Ledger, 'query'>,
  workspace: string,
  clickId: string,
): Promise<readonly LedgerRow[]> {
  const sql = `SELECT ${LEDGER_ROW_COLUMNS}
FROM ledger
WHERE workspace = {workspace:String} AND click_id = {clickId:String}
  AND at_slot >= toStartOfFifteenMinutes(fromUnixTimestamp64Milli({visitAt:Int64}, 'UTC')) - INTERVAL 1 DAY
ORDER BY ledger.at, ${KIND_ORDER}
LIMIT ${ROWS_MAX}
SETTINGS ${LEDGER_ROW_SETTINGS}`
  const params = { workspace, clickId, visitAt: clickIdTime(clickId) }
  const rows = await ledger.query<LedgerRow>(sql, params)
  return rows.map(withoutDefaults)
}
