import type { EdgeContext } from './edge-context.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import type { AffiliateVisit } from './route-affiliate-visit.ts'
import type { IndexedOffer } from './snapshot-index.ts'

/** What a visit or impression itself earns, micros of the workspace's currency. */
export type ClickMoney = { readonly revenueMicros: number; readonly payoutMicros: number }

export const NO_CLICK_MONEY: ClickMoney = { revenueMicros: 0, payoutMicros: 0 }

/**
 * A visit is paid for when a person comes for the first time: to the browser by its cookie, and to the affiliate and
 * offer by its address, since whoever throws cookies away would be new for ever.
 * @param indexed the offer that took the visit
 */
export function moneyOfVisit(
  { paidAddresses }: Pick<EdgeContext, 'paidAddresses'>,
  visit: AffiliateVisit,
  { offer, terms }: IndexedOffer,
): ClickMoney {
  const { link, history, client, atMs } = visit
  if (terms === undefined || !isPersons(visit) || !history.isNew) return NO_CLICK_MONEY
  const { affiliate, place } = link.affiliate
  const { visitMicros } = terms.payoutOf(place, affiliate)
  const money = { revenueMicros: terms.terms.visitMicros.revenue, payoutMicros: visitMicros }
  if (isNothing(money)) return NO_CLICK_MONEY
  const when = { atMs, windowMs: link.uniqueMs }
  const visits = paidAddresses.add(client.ip, `visit ${offer.id} ${affiliate.id}`, when)
  return visits === 1 ? money : NO_CLICK_MONEY
}

/** An impression is paid for until its address has seen enough of the affiliate's ads of the offer. */
export function moneyOfImpression(
  { paidAddresses }: Pick<EdgeContext, 'paidAddresses'>,
  visit: AffiliateVisit,
): ClickMoney {
  if (!isPersons(visit)) return NO_CLICK_MONEY
  const { link, client, atMs } = visit
  const { affiliate, place } = link.affiliate
  const { terms } = link.offer
  const { impressionMicros } = terms.payoutOf(place, affiliate)
  const money = { revenueMicros: terms.terms.impressionMicros.revenue, payoutMicros: impressionMicros }
  if (isNothing(money)) return NO_CLICK_MONEY
  const when = { atMs, windowMs: EDGE_LIMITS.paidImpressionsWindowMs }
  const impressions = paidAddresses.add(client.ip, `impression ${link.id}`, when)
  return impressions <= EDGE_LIMITS.paidImpressionsPerAddressMax ? money : NO_CLICK_MONEY
}

function isPersons({ bot, isCounted }: AffiliateVisit): boolean {
  return bot === '' && isCounted
}

/** An offer that is paid by the conversion needs no memory of addresses. */
function isNothing({ revenueMicros, payoutMicros }: ClickMoney): boolean {
  return revenueMicros === 0 && payoutMicros === 0
}
