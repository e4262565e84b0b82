import type { ConversionStatus } from '../domain/conversion-types.ts'
import { type ConversionFilter, fitsConversionFilter } from './conversion-filter.ts'
import type { Db } from './transaction.ts'

/** The newest so many are summed up: the store answers nothing else meanwhile. */
export const SUMMED_ROWS_MAX = 100_000

export type StatusTotal = {
  readonly status: ConversionStatus
  readonly count: number
  readonly revenueMicros: number
  readonly payoutMicros: number
  readonly costMicros: number
}

/** Counts and sums, for each status, of the newest conversions that the filter names. */
export async function sumConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
): Promise<readonly StatusTotal[]> {
  const newest = db
    .selectFrom('conversions')
    .select(['status', 'revenue_micros', 'payout_micros', 'cost_micros'])
    .where(fitsConversionFilter(workspace, filter))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(SUMMED_ROWS_MAX)
    .as('newest')
  const rows = await db
    .selectFrom(newest)
    .select(({ fn }) => [
      'status',
      fn.countAll().as('count'),
      fn.sum('revenue_micros').as('revenue'),
      fn.sum('payout_micros').as('payout'),
      fn.sum('cost_micros').as('cost'),
    ])
    .groupBy('status')
    .orderBy('status')
    .execute()
  return rows.map(({ status, count, revenue, payout, cost }) => ({
    status,
    count: Number(count),
    revenueMicros: Number(revenue),
    payoutMicros: Number(payout),
    costMicros: Number(cost),
  }))
}
