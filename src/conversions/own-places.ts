import type { StoredConversion } from '../store/conversions.ts'
import { findOfferPlaces, type OfferPlaces } from '../store/offer-places.ts'
import type { Store } from '../store/open-store.ts'

/** What a member says of a conversion, under our names. */
type Reported = Readonly<Partial<Record<'cid' | 'offer' | 'affiliate' | 'txid', string>>>

const NOBODYS: OfferPlaces = { advertiserOf: new Map(), affiliates: new Set() }

const NO_OFFER = 'no offer of an advertiser of this workspace has that id'
const NO_AFFILIATE = 'no affiliate of this workspace has that id'

/** Whether it says by offer and affiliate, in place of a click id, whose conversion it is. */
export function isWithoutClick({ cid = '', offer = '', affiliate = '' }: Reported): boolean {
  return cid === '' && offer !== '' && affiliate !== ''
}

/**
 * The workspace's own among the offers and affiliates that are named in place of click ids. What a member reports
 * passes without the advertiser's token, so it may only ever be about the member's own workspace.
 */
export async function findOwnPlaces(
  { store }: { readonly store: Store },
  workspace: string,
  reports: readonly Reported[],
): Promise<OfferPlaces> {
  const named = reports.filter(isWithoutClick)
  if (named.length === 0) return NOBODYS
  const offers = named.map(({ offer = '' }) => offer)
  const affiliates = named.map(({ affiliate = '' }) => affiliate)
  return await findOfferPlaces(store.db, workspace, { offers, affiliates })
}

/** Which of the two is none of the workspace's, and why; undefined when both are. */
export function placeProblem(
  { offer = '', affiliate = '' }: Reported,
  places: OfferPlaces,
): { readonly field: 'offer' | 'affiliate'; readonly reason: string } | undefined {
  if (!places.advertiserOf.has(offer)) return { field: 'offer', reason: NO_OFFER }
  return places.affiliates.has(affiliate) ? undefined : { field: 'affiliate', reason: NO_AFFILIATE }
}

/** What two reports without a click have in common when they may be about the same conversion. */
export function placeKey({ offer = '', affiliate = '', txid = '' }: Reported): string {
  return JSON.stringify([offer, affiliate, txid])
}

/** The same of a conversion that was recorded without a click. */
export function placeKeyOf({ offerId, affiliateId, txid }: StoredConversion): string {
  return placeKey({ offer: offerId, affiliate: affiliateId, txid })
}
