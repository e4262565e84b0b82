import { sql } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import { type StoredConversion, toConversion } from './conversions.ts'
import { jsonText } from './json-text.ts'
import type { Store } from './open-store.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { AffiliateKey } from './portal-offers.ts'

export type PortalConversionFilter = {
  readonly status?: ConversionStatus | undefined
  readonly event?: string | undefined
  readonly offerId?: string | undefined
  readonly clickId?: string | undefined
  /** The affiliate's own click id. */
  readonly externalId?: string | undefined
  /** Unix milliseconds; `to` is exclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** By name of the sub id, sub1 to sub10. */
  readonly subs: Readonly<Record<string, string>>
}

/** The affiliate's own, newest first. */
export async function listConversionsOfAffiliate(
  { db, engine }: Pick<Store, 'db' | 'engine'>,
  who: AffiliateKey,
  { filter, page }: { readonly filter: PortalConversionFilter; readonly page: PageRequest },
): Promise<Page<StoredConversion>> {
  let query = db
    .selectFrom('conversions')
    .where('workspace', '=', who.workspace)
    .where('affiliate_id', '=', who.affiliateId)
    .where('affiliate_id', '!=', sql.lit('')) // literal: the partial index conversions_affiliate needs to see it
    .where(afterCursor('created_at', page.cursor))
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.event !== undefined) query = query.where('event', '=', filter.event)
  if (filter.offerId !== undefined) query = query.where('offer_id', '=', filter.offerId)
  if (filter.clickId !== undefined) query = query.where('click_id', '=', filter.clickId)
  if (filter.externalId !== undefined) query = query.where('external_id', '=', filter.externalId)
  if (filter.from !== undefined) query = query.where('created_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('created_at', '<', filter.to)
  for (const [name, value] of Object.entries(filter.subs)) {
    query = query.where(jsonText(engine, 'visit_json', name), '=', value)
  }
  const rows = await query
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toConversion), page, (conversion) => conversion.createdAt)
}
