import type { LedgerRow } from '../domain/ledger-row.ts'
import type { Db } from './transaction.ts'

/** Click ids of one statement. */
const CLICK_IDS_MAX = 500

/** The conversion's next transitions repeat the visit as it is now. The caller holds the lock of its click id. */
export async function saveConversionVisit(db: Db, conversionId: string, visit: LedgerRow): Promise<void> {
  await db
    .updateTable('conversions')
    .set({ visit_json: JSON.stringify(visit), external_id: visit.external_id ?? '' })
    .where('id', '=', conversionId)
    .execute()
}

/**
 * The updates of the rows' visits wait again, so that these rows are corrected too. Waits for a correction of them
 * that is being written: also updates that are not yet seen as applied are written anew.
 * @param rows rows that are on their way to the ledger
 */
export async function reopenUpdates(db: Db, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0 || !(await hasUpdates(db))) return
  for (const [workspace, own] of Map.groupBy(rows, (row) => row.workspace)) {
    const clickIds = [...new Set(own.map((row) => row.click_id))]
    for (let start = 0; start < clickIds.length; start += CLICK_IDS_MAX) {
      await db
        .updateTable('visit_updates')
        .set({ applied_at: null })
        .where('workspace', '=', workspace)
        .where('click_id', 'in', clickIds.slice(start, start + CLICK_IDS_MAX))
        .execute()
    }
  }
}

/** Takes back that updates are applied, within the transaction that said so. */
export async function keepWaiting(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db.updateTable('visit_updates').set({ applied_at: null }).where('id', 'in', ids).execute()
}

/** Most installations never update a visit: they pay for one look. */
async function hasUpdates(db: Db): Promise<boolean> {
  const row = await db.selectFrom('visit_updates').select('id').limit(1).executeTakeFirst()
  return row !== undefined
}
