import type { AttributionMethod } from '../domain/conversion-types.ts'
import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import type { BrowserPixel } from '../domain/notification.ts'
import type { OfferTerms } from '../domain/offer-terms.ts'
import type { NumberChange } from '../domain/visit-values.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { Affiliate } from '../store/affiliates.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import type { Workspace } from '../store/workspaces.ts'
import { networkIdOf, offerIdOf, type Resolution } from './resolve-visit.ts'
import { advertiserOf, networkOf, type Sender } from './sender.ts'

/** A hit whose visit was found, with everything that the rules look at. */
export type HitContext = {
  readonly hit: Hit
  readonly fields: HitFields
  /** Named numbers of the visit that the hit changes. */
  readonly numbers: readonly NumberChange[]
  /** The pixel whose answer the visitor's browser waits for; undefined when none does. */
  readonly browser: BrowserPixel | undefined
  /** As it is at present: with everything that was changed since it was recorded. Without a click id: no visit. */
  readonly visit: FoundVisit
  readonly method: AttributionMethod
  readonly workspace: Workspace
  /** Undefined when the visit went nowhere that is still known. */
  readonly offer: Offer | undefined
  /** Whose offer it is; undefined for nobody's. */
  readonly sender: Sender | undefined
  /** Whose link the visit came by; undefined on the tracker's side. */
  readonly affiliate: Affiliate | undefined
  readonly configuration: Configuration
}

/** Undefined when the visit's workspace is gone. */
export function buildContext(
  said: Pick<HitContext, 'hit' | 'fields' | 'numbers' | 'browser'>,
  resolution: Resolution & { found: true },
  configuration: Configuration,
): HitContext | undefined {
  const { visit, method } = resolution
  const workspace = configuration.workspaces.get(visit.visit.workspace)
  if (workspace === undefined) return undefined
  const affiliate = configuration.affiliates.get(visit.visit.affiliate_id ?? '')
  const offer = offerOf(said.fields, visit, configuration)
  const networkId = offer?.affiliateNetworkId ?? networkIdOf(visit, configuration)
  const sender = isAdvertisers(offer)
    ? advertiserOf(offer, configuration)
    : networkOf(networkId, configuration)
  return { ...said, visit, method, workspace, offer, sender, affiliate, configuration }
}

/** An offer of an advertiser, by whose terms its conversions earn. */
export type AdvertisersOffer = Offer & { readonly terms: OfferTerms }

export function isAdvertisers(offer: Offer | undefined): offer is AdvertisersOffer {
  return offer !== undefined && offer.terms !== null
}

/** Whether no visit was found, and the sender said whose conversion it is. */
export function isClickless({ visit }: Pick<HitContext, 'visit'>): boolean {
  return visit.visit.click_id === ''
}

/**
 * The offer that the hit names, else the one that the visit went to. What a visit of an advertiser's offer earns is
 * agreed on with its affiliate: no hit can make it another's.
 */
function offerOf(fields: HitFields, visit: FoundVisit, { offers }: Configuration): Offer | undefined {
  const went = offers.get(offerIdOf(visit))
  if (isAdvertisers(went)) return went
  const named = offers.get(fields.offer)
  return named?.workspace === visit.visit.workspace ? named : went
}
