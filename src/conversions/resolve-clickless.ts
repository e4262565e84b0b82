import type { Hit } from '../domain/hit.ts'
import type { HitFields } from '../domain/hit-params.ts'
import { findCoupon } from '../store/coupons.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import { isAdvertisers } from './hit-context.ts'
import type { Resolution } from './resolve-visit.ts'
import { senderOfToken } from './sender.ts'

type Said = { readonly hit: Hit; readonly fields: HitFields }

/**
 * For a hit whose visit was not found: the affiliate that it names by a coupon, or by affiliate and offer (PROTOCOL
 * section 2). The visit stands for none: it has no click id, and happened when the hit came.
 */
export async function resolveClickless(
  db: Db,
  said: Said,
  configuration: Configuration,
): Promise<Resolution> {
  const byCoupon = await resolveCoupon(db, said, configuration)
  return byCoupon.found ? byCoupon : resolveExplicit(said, configuration, byCoupon.reason)
}

async function resolveCoupon(db: Db, said: Said, configuration: Configuration): Promise<Resolution> {
  const { fields } = said
  if (fields.coupon === '') return { found: false, reason: '' }
  const workspace = workspaceOf(fields, configuration)
  const name = fields.coupon.toUpperCase()
  const coupon = workspace === '' ? undefined : await findCoupon(db, { workspace, name })
  const offer = configuration.offers.get(coupon?.offerId ?? '')
  if (coupon === undefined || !isAdvertisers(offer))
    return { found: false, reason: 'the coupon is not known' }
  return standIn(said, offer, { affiliateId: coupon.affiliateId, method: 'coupon' })
}

function resolveExplicit(said: Said, { offers, affiliates }: Configuration, reason: string): Resolution {
  const { fields } = said
  if (fields.affiliate === '' || fields.offer === '') return { found: false, reason }
  const offer = offers.get(fields.offer)
  if (!isAdvertisers(offer)) return { found: false, reason: 'no offer of an advertiser has that id' }
  const affiliate = affiliates.get(fields.affiliate)
  if (affiliate?.workspace !== offer.workspace) return { found: false, reason: 'no affiliate has that id' }
  return standIn(said, offer, { affiliateId: affiliate.id, method: 'explicit' })
}

function standIn(
  { hit }: Said,
  offer: Offer,
  { affiliateId, method }: { readonly affiliateId: string; readonly method: 'coupon' | 'explicit' },
): Resolution {
  return {
    found: true,
    method,
    visit: {
      visit: {
        kind: 'visit',
        workspace: offer.workspace,
        at: hit.at,
        visit_at: hit.at,
        click_id: '',
        offer_id: offer.id,
        advertiser_id: offer.advertiserId,
        affiliate_id: affiliateId,
      },
      lastClickOfferId: '',
      lastClickNetworkId: '',
      clicks: 0,
    },
  }
}

/** Codes are unique within a workspace: of the offer named, of the token's owner, else of the only one there is. */
function workspaceOf({ offer, token }: HitFields, configuration: Configuration): string {
  const named = configuration.offers.get(offer)?.workspace
  return named ?? senderOfToken(token, configuration, '')?.workspace ?? onlyWorkspace(configuration)
}

/** A hit that names nobody belongs to the only workspace there is; among several to none. */
export function onlyWorkspace({ workspaces }: Configuration): string {
  const [first, second] = workspaces.keys()
  return first !== undefined && second === undefined ? first : ''
}
