import type { IndexedAffiliate, IndexedAffiliateLink, IndexedOffer, SnapshotIndex } from './snapshot-index.ts'

/** The link of one affiliate to one offer; undefined unless both are known, and of one workspace. */
export function findAffiliateLink(
  index: SnapshotIndex,
  offerId: string,
  affiliateId: string,
): IndexedAffiliateLink | undefined {
  return linkOf(index, index.offers.get(offerId), index.affiliates.get(affiliateId))
}

/** The link of an affiliate to an offer, as far as they belong together. */
export function linkOf(
  index: SnapshotIndex,
  indexed: IndexedOffer | undefined,
  affiliate: IndexedAffiliate | undefined,
): IndexedAffiliateLink | undefined {
  if (indexed?.terms === undefined || affiliate === undefined) return undefined
  const { offer, terms } = indexed
  const workspace = index.workspaces.get(offer.workspace)
  if (workspace === undefined || affiliate.affiliate.workspace !== offer.workspace) return undefined
  return {
    ...workspace.affiliateLinks,
    type: 'affiliate',
    id: `${offer.id} ${affiliate.affiliate.id}`,
    affiliate,
    offer: { ...indexed, terms },
    rowJson: JSON.stringify({ workspace: offer.workspace, affiliate_id: affiliate.affiliate.id }).slice(
      1,
      -1,
    ),
  }
}
