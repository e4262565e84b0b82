import type { ApplicationState, CustomPayouts } from '../domain/affiliate.ts'
import { type AffiliateOffer, type AffiliateOfferKey, toAffiliateOffer } from './affiliate-offers.ts'
import { afterCursor, type Page, type PageRequest, pairId, rowsWanted, toPage } from './page.ts'
import type { Db } from './transaction.ts'

/** Where an affiliate stands with an offer, with the names of both. */
export type Application = AffiliateOffer & { readonly offerName: string; readonly affiliateName: string }

/** What is absent is not asked for. */
export type ApplicationFilter = {
  readonly state?: ApplicationState | undefined
  readonly offerId?: string | undefined
  readonly affiliateId?: string | undefined
  /** The affiliates that this member looks after. */
  readonly managerId?: string | undefined
}

/**
 * Those that fit, last changed first.
 * @throws BadCursorError
 */
export async function listApplications(
  db: Db,
  workspace: string,
  { state, offerId, affiliateId, managerId }: ApplicationFilter,
  page: PageRequest,
): Promise<Page<Application>> {
  const idColumns = ['affiliate_offers.offer_id', 'affiliate_offers.affiliate_id']
  let query = db
    .selectFrom('affiliate_offers')
    .innerJoin('offers', 'offers.id', 'affiliate_offers.offer_id')
    .innerJoin('affiliates', 'affiliates.id', 'affiliate_offers.affiliate_id')
    .selectAll('affiliate_offers')
    .select(['offers.name as offer_name', 'affiliates.name as affiliate_name'])
    .where('affiliate_offers.workspace', '=', workspace)
    .where(afterCursor('affiliate_offers.updated_at', page.cursor, idColumns))
  if (state !== undefined) query = query.where('affiliate_offers.state', '=', state)
  if (offerId !== undefined) query = query.where('affiliate_offers.offer_id', '=', offerId)
  if (affiliateId !== undefined) query = query.where('affiliate_offers.affiliate_id', '=', affiliateId)
  if (managerId !== undefined) query = query.where('affiliates.manager_id', '=', managerId)
  const rows = await query
    .orderBy('affiliate_offers.updated_at', 'desc')
    .orderBy('affiliate_offers.offer_id', 'desc')
    .orderBy('affiliate_offers.affiliate_id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  const items = rows.map((row) => ({
    ...toAffiliateOffer(row),
    id: pairId(row.offer_id, row.affiliate_id),
    offerName: row.offer_name,
    affiliateName: row.affiliate_name,
  }))
  return toPage(items, page, (item) => item.updatedAt)
}

/** Payouts that affiliates have of their own at an offer. */
export async function listCustomPayouts(
  db: Db,
  { workspace, offerId }: Omit<AffiliateOfferKey, 'affiliateId'>,
): Promise<readonly CustomPayouts[]> {
  const rows = await db
    .selectFrom('affiliate_offers')
    .select('payouts_json')
    .where('workspace', '=', workspace)
    .where('offer_id', '=', offerId)
    .where('payouts_json', '<>', '{}')
    .execute()
  return rows.map((row) => JSON.parse(row.payouts_json))
}

/** Key that whoever reads and then writes where an affiliate stands holds, so that neither loses the other's change. */
export function applicationLock({ offerId, affiliateId }: Omit<AffiliateOfferKey, 'workspace'>): string {
  return `affiliate-offer:${offerId}:${affiliateId}`
}
