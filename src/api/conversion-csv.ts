import type { z } from 'zod'
import { EXPORTED_CONVERSIONS_MAX } from '../domain/conversion-export.ts'
import { csvText } from '../domain/csv-row.ts'
import type { ConversionFilter } from '../store/conversion-filter.ts'
import { listConversions } from '../store/conversions.ts'
import { loadThingNames, type ThingNames } from '../store/thing-names.ts'
import type { Db } from '../store/transaction.ts'
import type { AccountRole } from './access-table.ts'
import { type conversionSchema, toConversionView } from './conversion-view.ts'
import { writePagedCsv } from './paged-csv.ts'

type Row = z.input<typeof conversionSchema>
type Column = readonly [name: string, cell: (row: Row, names: ThingNames) => string]
type Named = { readonly row: Row; readonly names: ThingNames }

const FIRST: readonly Column[] = [
  ['created_at', ({ createdAt }) => createdAt],
  ['visit_at', ({ visitAt }) => visitAt],
  ['id', ({ id }) => csvText(id)],
  ['event', ({ event }) => csvText(event)],
  ['status', ({ status }) => status],
  ['txid', ({ txid }) => csvText(txid)],
  ['click_id', ({ clickId }) => csvText(clickId)],
  ['external_id', ({ externalId }) => csvText(externalId)],
  ['campaign_id', ({ campaignId }) => csvText(campaignId)],
  ['campaign', ({ campaignId }, { campaigns }) => csvText(campaigns?.get(campaignId) ?? '')],
  ['offer_id', ({ offerId }) => csvText(offerId)],
  ['offer', ({ offerId }, { offers }) => csvText(offers?.get(offerId) ?? '')],
  ['traffic_source_id', ({ trafficSourceId }) => csvText(trafficSourceId)],
  ['affiliate_network_id', ({ affiliateNetworkId }) => csvText(affiliateNetworkId)],
  ['affiliate_id', ({ affiliateId }) => csvText(affiliateId)],
  ['affiliate', ({ affiliateId }, { affiliates }) => csvText(affiliates?.get(affiliateId) ?? '')],
  ['advertiser_id', ({ advertiserId }) => csvText(advertiserId)],
  ['currency', ({ currency }) => currency],
  ['payout', ({ payout }) => payout],
]
/** What an affiliate manager is not told has no column in its file. */
const UNTOLD: readonly Column[] = [
  ['revenue', ({ revenue }) => revenue],
  ['cost', ({ cost }) => cost],
  ['sale', ({ sale }) => sale],
  ['original_amount', ({ originalAmount }) => originalAmount],
  ['original_currency', ({ originalCurrency }) => originalCurrency],
]
const LAST: readonly Column[] = [
  ['payable_at', ({ payableAt }) => payableAt ?? ''],
  ['attribution', ({ attribution }) => csvText(attribution)],
  ['reason', ({ reason }) => csvText(reason)],
]

type Asked = {
  readonly workspace: string
  /** Whose view of a conversion the rows show. */
  readonly role: AccountRole
  readonly filter: ConversionFilter
  /** Rows of the file; fewer in tests alone. */
  readonly rowsMax?: number
}

/** Conversions of a filter as the network's people see them, as CSV: see writePagedCsv. */
export function writeConversionCsv(db: Db, asked: Asked): AsyncGenerator<string> {
  const { workspace, role, filter, rowsMax = EXPORTED_CONVERSIONS_MAX } = asked
  const columns = role === 'affiliate_manager' ? [...FIRST, ...LAST] : [...FIRST, ...UNTOLD, ...LAST]
  return writePagedCsv<Named>({
    columns: columns.map(([name, cell]) => [name, ({ row, names }) => cell(row, names)]),
    read: async (page) => {
      const { items, nextCursor } = await listConversions(db, workspace, filter, page)
      const rows = items.map((conversion) => toConversionView(conversion, role))
      const names = await namesOf(db, workspace, rows)
      return { items: rows.map((row) => ({ row, names })), nextCursor }
    },
    rowsMax,
  })
}

async function namesOf(db: Db, workspace: string, rows: readonly Row[]): Promise<ThingNames> {
  return await loadThingNames(db, workspace, {
    campaigns: rows.map(({ campaignId }) => campaignId),
    offers: rows.map(({ offerId }) => offerId),
    affiliates: rows.map(({ affiliateId }) => affiliateId),
  })
}
