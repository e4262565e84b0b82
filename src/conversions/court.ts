import { type AffiliateOffer, affiliateOfferName } from '../store/affiliate-offers.ts'
import type { Notifier } from './build-deliveries.ts'
import type { Docket } from './docket.ts'
import type { HitContext } from './hit-context.ts'

/** What hits are judged by within one transaction: the configuration, the time, and what is known and done. */
export type Court = Notifier & {
  readonly docket: Docket
  /** What affiliates have agreed on for themselves, by `affiliateOfferName`. */
  readonly affiliateOffers: Map<string, AffiliateOffer>
}

/** What the affiliate of the visit has agreed on for itself at the offer. */
export function agreedWith({ offer, affiliate }: HitContext, court: Court): AffiliateOffer | undefined {
  if (offer === undefined || affiliate === undefined) return undefined
  return court.affiliateOffers.get(affiliateOfferName({ offerId: offer.id, affiliateId: affiliate.id }))
}
