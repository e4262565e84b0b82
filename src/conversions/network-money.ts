import type { Agreement } from '../domain/agreement.ts'
import { agreeOn, convertPrice, earnMicros, hasShare, withoutAmount } from '../domain/offer-price.ts'
import { NO_PRICE, type Price } from '../domain/offer-terms.ts'
import type { AffiliateOffer } from '../store/affiliate-offers.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { exchange } from './exchange.ts'
import { type HitContext, isAdvertisers } from './hit-context.ts'
import { NAMELESS_EVENT } from './read-report.ts'

const DAY_MS = 86_400_000

/** What a conversion is worth, in the workspace's currency, and why. */
export type Money = Pick<
  StoredConversion,
  'revenueMicros' | 'payoutMicros' | 'saleMicros' | 'agreement' | 'payableAt'
>

export type NewMoney =
  | { readonly ok: true; readonly money: Money }
  | { readonly ok: false; readonly reason: string }

/**
 * What a new conversion is worth. A tracker's amount is its revenue; a network's is the advertiser's sale, of which
 * revenue and payout are what was agreed on for the event.
 * @param of.amountMicros in the workspace's currency.
 * @param of.agreed what the affiliate has agreed on for itself.
 */
export function computeNewMoney(
  context: HitContext,
  of: {
    readonly event: string
    readonly amountMicros: number
    readonly agreed: AffiliateOffer | undefined
  },
): NewMoney {
  const { offer, workspace, hit } = context
  if (!isAdvertisers(offer)) {
    const none = { payoutMicros: 0, saleMicros: 0, agreement: null, payableAt: null }
    return { ok: true, money: { revenueMicros: of.amountMicros, ...none } }
  }
  const agreement = agreementOf(context, of)
  if (!agreement.ok) return agreement
  const earned = computeEarnings(agreement.agreement, of.amountMicros)
  if (earned === undefined) return { ok: false, reason: 'the amount is too large' }
  const holdDays = offer.terms.holdDays ?? workspace.network.holdDays
  const payableAt = hit.at + holdDays * DAY_MS
  return { ok: true, money: { ...earned, agreement: agreement.agreement, payableAt } }
}

/**
 * What a sale earns by what was agreed on for it when it was recorded. One that takes back more than it brought earns
 * no amount of its own; it does again once the sale itself has come, in whatever order the two arrive.
 * @param saleMicros in the workspace's currency, as the agreement's amounts are.
 * @returns undefined when it is beyond exact integers.
 */
export function computeEarnings(
  agreement: Agreement,
  saleMicros: number,
): Pick<Money, 'revenueMicros' | 'payoutMicros' | 'saleMicros'> | undefined {
  const priceOf = (price: Price) => (saleMicros < 0 ? withoutAmount(price) : price)
  const revenueMicros = earnMicros(priceOf(agreement.revenue), saleMicros)
  const payoutMicros = earnMicros(priceOf(agreement.payout), saleMicros)
  if (revenueMicros === undefined || payoutMicros === undefined) return undefined
  return { revenueMicros, payoutMicros, saleMicros }
}

/** Whether the sale's amount matters to what was agreed on; a tracker's is all there is. */
export function needsSale(agreement: Agreement | null): boolean {
  return agreement === null || hasShare(agreement.revenue) || hasShare(agreement.payout)
}

/** What its sender says that a known conversion is worth: the tracker's revenue, the network's sale. */
export function amountOf(known: StoredConversion): number {
  return known.agreement === null ? known.revenueMicros : known.saleMicros
}

/**
 * In the workspace's currency at today's rates, so that a rate of another day changes nothing about it. A visit without
 * an affiliate has no payout.
 */
function agreementOf(
  context: HitContext,
  of: {
    readonly event: string
    readonly amountMicros: number
    readonly agreed: AffiliateOffer | undefined
  },
): { readonly ok: true; readonly agreement: Agreement } | { readonly ok: false; readonly reason: string } {
  const { offer, affiliate, workspace, configuration } = context
  if (!isAdvertisers(offer)) throw new TypeError('only an advertiser’s offer has terms')
  const { terms, currency } = offer
  const defaultEvent = offer.defaultEvent || NAMELESS_EVENT
  const tier = affiliate?.tier ?? ''
  const custom = of.agreed?.payouts
  const listed = agreeOn({ terms, currency, event: of.event, defaultEvent, tier, custom })
  const to = workspace.currency
  let reason = ''
  const inWorkspaces = (price: Price) =>
    convertPrice(price, (micros) => {
      // Nothing is nothing in every currency: it needs no rate.
      const exchanged = exchange(configuration, { micros, currency: micros === 0 ? to : currency }, to)
      if (exchanged.ok) return exchanged.micros
      reason = exchanged.reason
      return undefined
    })
  const revenue = inWorkspaces(listed.revenue)
  const payout = affiliate === undefined ? NO_PRICE : inWorkspaces(listed.payout)
  if (revenue === undefined || payout === undefined) return { ok: false, reason }
  return { ok: true, agreement: { ...listed, revenue, payout, currency: to } }
}
