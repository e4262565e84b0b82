import type { CustomPayouts } from './affiliate.ts'
import type { Agreement } from './agreement.ts'
import { convertMicros } from './money.ts'
import { NO_PRICE, type OfferTerms, type Price } from './offer-terms.ts'

/** A percent in millionths: what convertMicros multiplies by. */
const MICROS_PER_PERCENT = 10_000
const IMPRESSIONS_PER_PRICE = 1_000

/**
 * What holds for a conversion of the event. The affiliate's payout is its own when it has one, else its tier's, else
 * the goal's or, for the default event, the offer's. What the advertiser pays is the goal's or the offer's. An event
 * that is neither the default one nor a goal earns nothing. Events are compared without regard to case.
 * @param of.event '' for the default event.
 * @param of.tier of the affiliate; '' for none.
 * @param of.custom payouts of the affiliate alone; undefined for none.
 */
export function agreeOn(of: {
  readonly terms: Pick<OfferTerms, 'revenue' | 'payout' | 'goals' | 'tiers'>
  readonly currency: string
  readonly event: string
  readonly defaultEvent: string
  readonly tier: string
  readonly custom: CustomPayouts | undefined
}): Agreement {
  const { terms, currency } = of
  const event = of.event.toLowerCase()
  const isDefault = event === '' || event === of.defaultEvent.toLowerCase()
  const names = (name: string) => name.toLowerCase() === event || (isDefault && name === '')
  const goal = isDefault ? undefined : terms.goals.find((one) => names(one.event))
  const listed = isDefault ? terms : goal
  // A payout for a goal that is gone is none: the advertiser pays nothing for the event either.
  if (listed === undefined) return { revenue: NO_PRICE, payout: NO_PRICE, from: 'offer', currency }
  const custom = Object.entries(of.custom ?? {}).find(([name]) => names(name))?.[1]
  const tier =
    of.tier === '' ? undefined : terms.tiers.find((one) => one.tier === of.tier && names(one.event))
  const common = { revenue: listed.revenue, currency }
  if (custom !== undefined) return { ...common, payout: custom, from: 'affiliate' }
  if (tier !== undefined) return { ...common, payout: tier.payout, from: 'tier' }
  return { ...common, payout: listed.payout, from: goal === undefined ? 'offer' : 'goal' }
}

/**
 * What a conversion earns by the price: its amount, and its share of the sale, rounded half away from zero. Of a
 * negative sale its share is negative. Visits and impressions are not paid for by conversions.
 * @param saleMicros in the price's currency.
 * @returns undefined when it is beyond exact integers.
 */
export function earnMicros(price: Price, saleMicros: number): number | undefined {
  const share = 'percent' in price ? shareMicros(price.percent, saleMicros) : 0
  if (share === undefined) return undefined
  const sum = share + conversionMicros(price)
  return Number.isSafeInteger(sum) ? sum : undefined
}

/** Whether something of the sale's amount is owed. */
export function hasShare(price: Price): boolean {
  return 'percent' in price
}

/** The price without its amount: what a sale below zero is worth by. */
export function withoutAmount(price: Price): Price {
  if (price.model === 'both') return { model: 'percent', percent: price.percent }
  return price.model === 'flat' ? NO_PRICE : price
}

/**
 * The price with its amount in another currency.
 * @param convert the amount in it; undefined when it can not be told.
 */
export function convertPrice(
  price: Price,
  convert: (amountMicros: number) => number | undefined,
): Price | undefined {
  if (price.model === 'percent') return price
  const amountMicros = convert(price.amountMicros)
  return amountMicros === undefined ? undefined : { ...price, amountMicros }
}

/** What one unique visit is worth. */
export function visitPriceMicros(price: Price): number {
  return price.model === 'cpc' ? price.amountMicros : 0
}

/** What one impression is worth: a thousandth of the price, rounded half away from zero. */
export function impressionPriceMicros(price: Price): number {
  if (price.model !== 'cpm') return 0
  const rounded = Math.round(Math.abs(price.amountMicros) / IMPRESSIONS_PER_PRICE)
  return price.amountMicros < 0 ? -rounded : rounded
}

function conversionMicros(price: Price): number {
  return price.model === 'flat' || price.model === 'both' ? price.amountMicros : 0
}

function shareMicros(percent: number, saleMicros: number): number | undefined {
  return convertMicros(saleMicros, Math.round(percent * MICROS_PER_PERCENT))
}
