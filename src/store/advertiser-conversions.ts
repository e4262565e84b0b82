import { sql } from 'kysely'
import { type StoredConversion, toConversion } from './conversions.ts'
import type { Db } from './transaction.ts'

/** Conversions as an advertiser's own list is compared with them. */

type Advertiser = { readonly workspace: string; readonly advertiserId: string }

/** Those with one of the transaction ids, none of which is ''. */
export async function conversionsOfTxids(
  db: Db,
  { workspace, advertiserId }: Advertiser,
  txids: readonly string[],
): Promise<readonly StoredConversion[]> {
  if (txids.length === 0) return []
  const rows = await advertisers(db, { workspace, advertiserId }).where('txid', 'in', txids).execute()
  return rows.map(toConversion)
}

/** Those of the ids that the workspace has. */
export async function conversionsByIds(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredConversion>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('conversions')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, toConversion(row)]))
}

/**
 * Those recorded in the period that earn, and that no row of the reconciliation names; oldest first, page by page. One
 * that nobody pays or is paid for, an event that only counts, is in no advertiser's list, and is left out.
 * @param after the last one of the page before.
 */
export async function unmatchedConversions(
  db: Db,
  of: Advertiser & {
    readonly reconciliationId: string
    readonly periodFrom: number
    readonly periodTo: number
  },
  page: { readonly after: StoredConversion | undefined; readonly limit: number },
): Promise<readonly StoredConversion[]> {
  const { after, limit } = page
  let query = advertisers(db, of)
    .where('created_at', '>=', of.periodFrom)
    .where('created_at', '<', of.periodTo)
    .where('status', 'in', ['pending', 'approved'])
    .where((eb) => eb.or([eb('revenue_micros', '!=', 0), eb('payout_micros', '!=', 0)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('reconciliation_rows')
            .select('reconciliation_rows.n')
            .where('reconciliation_rows.reconciliation_id', '=', of.reconciliationId)
            .whereRef('reconciliation_rows.conversion_id', '=', 'conversions.id'),
        ),
      ),
    )
  if (after !== undefined)
    query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id})`)
  const rows = await query.orderBy('created_at').orderBy('id').limit(limit).execute()
  return rows.map(toConversion)
}

/** `<> ''` word for word as the partial indexes say it: SQLite would not use them otherwise. */
function advertisers(db: Db, { workspace, advertiserId }: Advertiser) {
  return db
    .selectFrom('conversions')
    .selectAll()
    .where('conversions.workspace', '=', workspace)
    .where('advertiser_id', '=', advertiserId)
    .where('advertiser_id', '<>', sql.lit(''))
}
