import type { Goal, OfferTerms, Price } from './offer-terms.ts'

/** Prices of an offer, by event. */
export type OfferPrices = Pick<OfferTerms, 'revenue' | 'payout' | 'goals' | 'tiers'>

/**
 * Whether a payout is more than what the advertiser pays, as far as the models tell before there is a sale: amounts
 * are compared with amounts, and shares with shares. A flat payout beside a percentage can not be compared.
 */
export function isAboveRevenue(payout: Price, revenue: Price): boolean {
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

/** What the advertiser pays for an event; '' is the default event. */
export function revenueFor({ revenue, goals }: Pick<OfferPrices, 'revenue' | 'goals'>, event: string): Price {
  return findGoal(goals, event)?.revenue ?? revenue
}

/** The goal of an event; events are compared without regard to case. */
export function findGoal(goals: readonly Goal[], event: string): Goal | undefined {
  const wanted = event.toLowerCase()
  return goals.find((goal) => goal.event.toLowerCase() === wanted)
}

function amountOf(price: Price): number {
  return price.model === 'percent' ? 0 : price.amountMicros
}

function percentOf(price: Price): number {
  return price.model === 'percent' || price.model === 'both' ? price.percent : 0
}
