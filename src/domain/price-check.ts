import type { CustomPayouts } from './affiliate.ts'
import { type Goal, NO_PRICE, type OfferTerms, type Price } from './offer-terms.ts'

/** Prices of an offer, by event. */
export type OfferPrices = Pick<OfferTerms, 'revenue' | 'payout' | 'goals' | 'tiers'>

/**
 * Whether a payout is more than what the advertiser pays, as far as the models tell before there is a sale: amounts
 * are compared with amounts, and shares with shares. A flat payout beside a percentage can not be compared; any payout
 * is above no revenue at all.
 */
export function isAboveRevenue(payout: Price, revenue: Price): boolean {
  if (isNothing(revenue)) return !isNothing(payout)
  if (payout.model !== revenue.model) return false
  return amountOf(payout) > amountOf(revenue) || percentOf(payout) > percentOf(revenue)
}

/** Where payouts are above the revenue, as paths into the terms, e.g. `goals.0.payout`. */
export function findPayoutsAboveRevenue(prices: OfferPrices): readonly string[] {
  const { revenue, payout, goals, tiers } = prices
  return [
    ...(isAboveRevenue(payout, revenue) ? ['payout'] : []),
    ...goals.flatMap((goal, index) =>
      isAboveRevenue(goal.payout, goal.revenue) ? [`goals.${index}.payout`] : [],
    ),
    ...tiers.flatMap((tier, index) =>
      isAboveRevenue(tier.payout, revenueFor(prices, tier.event)) ? [`tiers.${index}.payout`] : [],
    ),
  ]
}

/** Events whose payout to one affiliate is above the revenue; '' is the default event. */
export function findCustomPayoutsAboveRevenue(
  prices: Pick<OfferPrices, 'revenue' | 'goals'>,
  payouts: CustomPayouts,
): readonly string[] {
  return Object.entries(payouts)
    .filter(([event, payout]) => isAboveRevenue(payout, revenueFor(prices, event)))
    .map(([event]) => event)
}

/** What the advertiser pays for an event; '' is the default event, and one that is no goal earns nothing. */
function revenueFor({ revenue, goals }: Pick<OfferPrices, 'revenue' | 'goals'>, event: string): Price {
  return event === '' ? revenue : (findGoal(goals, event)?.revenue ?? NO_PRICE)
}

/** The goal of an event; events are compared without regard to case. */
export function findGoal(goals: readonly Goal[], event: string): Goal | undefined {
  const wanted = event.toLowerCase()
  return goals.find((goal) => goal.event.toLowerCase() === wanted)
}

function isNothing(price: Price): boolean {
  return amountOf(price) === 0 && percentOf(price) === 0
}

function amountOf(price: Price): number {
  return price.model === 'percent' ? 0 : price.amountMicros
}

function percentOf(price: Price): number {
  return price.model === 'percent' || price.model === 'both' ? price.percent : 0
}
