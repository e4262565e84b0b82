import { expressionBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import { type ConversionFilter, fitsConversionFilter } from './conversion-filter.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** The newest so many are looked at: SQLite answers nothing else meanwhile. */
export const READ_ROWS_MAX = 50_000

export type StatusTotal = {
  readonly status: ConversionStatus
  readonly count: number
  readonly revenueMicros: number
  readonly payoutMicros: number
  readonly costMicros: number
}

type Totals = {
  readonly byStatus: readonly StatusTotal[]
  /** False when older conversions were not looked at. */
  readonly isWhole: boolean
}

const SUMMED = ['revenue_micros', 'payout_micros', 'cost_micros'] as const
/** Every column that a filter may ask for. */
const FILTERED = [
  'id',
  'workspace',
  'status',
  'event',
  'txid',
  'external_id',
  'click_id',
  'campaign_id',
  'traffic_source_id',
  'affiliate_network_id',
  'offer_id',
  'affiliate_id',
  'advertiser_id',
  'created_at',
] as const

/** Counts and sums, for each status, of what the filter names among the newest conversions. */
export async function sumConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
  readMax = READ_ROWS_MAX,
): Promise<Totals> {
  const fits = expressionBuilder<Database, 'conversions'>()
    .case()
    .when(fitsConversionFilter(workspace, filter))
    .then(sql.lit(1))
    .else(sql.lit(0))
    .end()
  const newest = conversionsToSum(db, workspace, filter).select(FILTERED).select(SUMMED).limit(readMax)
  const rows = await db
    // Under the name of the table, which the filter speaks of.
    .selectFrom(newest.as('conversions'))
    .select(({ fn }) => [
      'status',
      fits.as('fits'),
      fn.countAll().as('count'),
      fn.sum('revenue_micros').as('revenue'),
      fn.sum('payout_micros').as('payout'),
      fn.sum('cost_micros').as('cost'),
    ])
    .groupBy(['status', 'fits'])
    .orderBy('status')
    .execute()
  const read = rows.reduce((sum, { count }) => sum + Number(count), 0)
  const fitting = rows.filter((row) => Number(row.fits) === 1)
  return { byStatus: fitting.map(toTotal), isWhole: read < readMax }
}

/** The first of these that is asked for has an index in the order of time; what else is asked would leave it. */
const LEADS = [
  'anyId',
  'clickId',
  'affiliateId',
  'advertiserId',
  'trafficSourceId',
  'affiliateNetworkId',
] as const satisfies readonly (keyof ConversionFilter)[]

/** What has to be looked at for a filter, newest first: a range of one index, so that a limit bounds what is read. */
export function conversionsToSum(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
): SelectQueryBuilder<Database, 'conversions', unknown> {
  const { createdFrom, createdTo } = filter
  const lead = LEADS.find((name) => (filter[name] ?? '') !== '')
  const led = { createdFrom, createdTo, ...(lead === undefined ? {} : { [lead]: filter[lead] }) }
  return db
    .selectFrom('conversions')
    .where(fitsConversionFilter(workspace, led))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
}

type Summed = {
  readonly status: ConversionStatus
  readonly count: number | string | bigint
  readonly revenue: number | string | bigint
  readonly payout: number | string | bigint
  readonly cost: number | string | bigint
}

function toTotal({ status, count, revenue, payout, cost }: Summed): StatusTotal {
  return {
    status,
    count: Number(count),
    revenueMicros: Number(revenue),
    payoutMicros: Number(payout),
    costMicros: Number(cost),
  }
}
