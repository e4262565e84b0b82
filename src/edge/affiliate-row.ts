import { toDecimalString } from '../domain/money.ts'
import type { ClickMoney } from './click-money.ts'
import { jsonField } from './json-text.ts'
import type { AffiliateVisit } from './route-affiliate-visit.ts'
import type { IndexedOffer } from './snapshot-index.ts'
import { measuresJson, rowStart } from './visit-row.ts'

/** How a visit by an affiliate link ended, for its row. */
export type AffiliateVisitEnd = {
  /** The one that took the visit, else the link's own. */
  readonly offer: IndexedOffer
  readonly reason: string
  /** Where the visitor is sent; '' when nowhere. */
  readonly location: string
  /** The visitor went on to the offer. */
  readonly isClick: boolean
  readonly money: ClickMoney
}

/** The ledger row of a visit by an affiliate link as JSON text (a LedgerRow). */
export function affiliateVisitRowJson(visit: AffiliateVisit, end: AffiliateVisitEnd): string {
  return (
    `${rowStart('visit', visit)},"click_id":"${visit.clickId}"${offerJson(end.offer)}` +
    `${jsonField('route_reason', end.reason)}${jsonField('location', end.location)}${measuresJson(visit, end.isClick)}${moneyJson(end.money)}}`
  )
}

/** The ledger row of an impression of the link's offer. */
export function affiliateImpressionRowJson(visit: AffiliateVisit, money: ClickMoney): string {
  const { link, bot } = visit
  const counted = bot === '' ? ',"impressions":1' : ''
  return `${rowStart('impression', visit)},"click_id":""${offerJson(link.offer)}${counted}${moneyJson(money)}}`
}

function offerJson({ offer }: IndexedOffer): string {
  const { id, advertiserId, affiliateNetworkId } = offer
  const owner =
    jsonField('advertiser_id', advertiserId) + jsonField('affiliate_network_id', affiliateNetworkId)
  return jsonField('offer_id', id) + owner
}

function moneyJson({ revenueMicros, payoutMicros }: ClickMoney): string {
  const revenue = revenueMicros === 0 ? '' : `,"revenue":"${toDecimalString(revenueMicros)}"`
  return payoutMicros === 0 ? revenue : `${revenue},"payout":"${toDecimalString(payoutMicros)}"`
}
