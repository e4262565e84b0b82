import { toDecimalString } from '../domain/money.ts'
import { jsonField } from './json-text.ts'
import type { AffiliateVisit } from './route-affiliate-visit.ts'
import type { IndexedOffer } from './snapshot-index.ts'
import { measuresJson, rowStart } from './visit-row.ts'

/** How a visit by an affiliate link ended, for its row. */
export type AffiliateVisitEnd = {
  /** The one that took the visit, else the link's own. */
  readonly offer: IndexedOffer
  readonly reason: string
  /** The visitor went on to the offer. */
  readonly isClick: boolean
}

/** The ledger row of a visit by an affiliate link as JSON text (a LedgerRow). */
export function affiliateVisitRowJson(visit: AffiliateVisit, end: AffiliateVisitEnd): string {
  const money = end.isClick ? visitMoney(visit, end.offer) : ''
  return (
    `${rowStart('visit', visit)},"click_id":"${visit.clickId}"${offerJson(end.offer)}` +
    `${jsonField('route_reason', end.reason)}${measuresJson(visit, end.isClick)}${money}}`
  )
}

/** The ledger row of an impression of the link's offer. @param isTaken the affiliate may run it now. */
export function affiliateImpressionRowJson(visit: AffiliateVisit, isTaken: boolean): string {
  const { link, bot, isCounted } = visit
  const counted = bot === '' ? ',"impressions":1' : ''
  const money = isTaken && bot === '' && isCounted ? impressionMoney(visit) : ''
  return `${rowStart('impression', visit)},"click_id":""${offerJson(link.offer)}${counted}${money}}`
}

function offerJson({ offer }: IndexedOffer): string {
  const { id, advertiserId, affiliateNetworkId } = offer
  const owner =
    jsonField('advertiser_id', advertiserId) + jsonField('affiliate_network_id', affiliateNetworkId)
  return jsonField('offer_id', id) + owner
}

/** A visit is paid for when a person comes for the first time. */
function visitMoney({ link, bot, isCounted, history }: AffiliateVisit, { terms }: IndexedOffer): string {
  if (terms === undefined || bot !== '' || !isCounted || !history.isNew) return ''
  const { affiliate, place } = link.affiliate
  return moneyJson(terms.terms.visitMicros.revenue, terms.payoutOf(place, affiliate).visitMicros)
}

function impressionMoney({ link }: AffiliateVisit): string {
  const { affiliate, place } = link.affiliate
  const { terms } = link.offer
  return moneyJson(terms.terms.impressionMicros.revenue, terms.payoutOf(place, affiliate).impressionMicros)
}

function moneyJson(revenueMicros: number, payoutMicros: number): string {
  const revenue = revenueMicros === 0 ? '' : `,"revenue":"${toDecimalString(revenueMicros)}"`
  return payoutMicros === 0 ? revenue : `${revenue},"payout":"${toDecimalString(payoutMicros)}"`
}
