import { sql } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { DeliveryState } from '../domain/target-types.ts'
import { type Delivery, type DeliveryAttempt, getWithAttempts, toDelivery } from './deliveries.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { AffiliateKey } from './portal-offers.ts'
import type { Db } from './transaction.ts'

export type PostbackLogFilter = {
  readonly targetId?: string | undefined
  readonly conversionId?: string | undefined
  readonly state?: DeliveryState | undefined
  /** Unix milliseconds; `to` is exclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** What a delivery told: the conversion as it was after the transition that caused it. */
export type ToldConversion = {
  readonly offerId: string
  readonly offerName: string
  readonly event: string
  readonly status: ConversionStatus
  readonly payoutMicros: number
  readonly currency: string
}

/** Deliveries to the affiliate's own targets, newest first. */
export async function listDeliveriesOfAffiliate(
  db: Db,
  who: AffiliateKey,
  { filter, page }: { readonly filter: PostbackLogFilter; readonly page: PageRequest },
): Promise<Page<Delivery>> {
  let query = deliveriesOf(db, who).where(afterCursor('created_at', page.cursor))
  if (filter.targetId !== undefined) query = query.where('target_id', '=', filter.targetId)
  if (filter.conversionId !== undefined) query = query.where('conversion_id', '=', filter.conversionId)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.from !== undefined) query = query.where('created_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('created_at', '<', filter.to)
  const rows = await query
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toDelivery), page, (delivery) => delivery.createdAt)
}

export async function getDeliveryOfAffiliate(
  db: Db,
  who: AffiliateKey,
  id: string,
): Promise<{ delivery: Delivery; attempts: readonly DeliveryAttempt[] } | undefined> {
  const own = await deliveriesOf(db, who).select('id').where('id', '=', id).executeTakeFirst()
  return own === undefined ? undefined : await getWithAttempts(db, own.id)
}

/** By delivery. */
export async function toldConversions(
  db: Db,
  who: AffiliateKey,
  deliveries: readonly Delivery[],
): Promise<ReadonlyMap<string, ToldConversion>> {
  if (deliveries.length === 0) return new Map()
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('conversions', 'conversions.id', 'deliveries.conversion_id')
    .innerJoin('conversion_history as told', (join) =>
      join
        .onRef('told.conversion_id', '=', 'deliveries.conversion_id')
        .onRef('told.n', '=', 'deliveries.transition'),
    )
    .leftJoin('offers', 'offers.id', 'conversions.offer_id')
    .select(['deliveries.id', 'conversions.event', 'conversions.currency', 'conversions.offer_id'])
    .select(['told.to_status', 'told.to_payout_micros', 'offers.name as offer_name'])
    .where('conversions.workspace', '=', who.workspace)
    .where('conversions.affiliate_id', '=', who.affiliateId)
    .where(
      'deliveries.id',
      'in',
      deliveries.map(({ id }) => id),
    )
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        offerId: row.offer_id,
        offerName: row.offer_name ?? '',
        event: row.event,
        status: row.to_status,
        payoutMicros: row.to_payout_micros,
        currency: row.currency,
      },
    ]),
  )
}

function deliveriesOf(db: Db, { workspace, affiliateId }: AffiliateKey) {
  return db
    .selectFrom('deliveries')
    .where('workspace', '=', workspace)
    .where('affiliate_id', '=', affiliateId)
    .where('affiliate_id', '!=', sql.lit('')) // literal: the partial index deliveries_affiliate needs to see it
}
