import type { CapLimits } from '../domain/conversion-types.ts'
import { NO_AFFILIATE_CAPS, type OfferTerms } from '../domain/offer-terms.ts'
import { findCustomPayoutsAboveRevenue, findGoal, findPayoutsAboveRevenue } from '../domain/price-check.ts'
import { getAdvertiser } from '../store/advertisers.ts'
import type { AffiliateOfferFields } from '../store/affiliate-offers.ts'
import { listCustomPayouts } from '../store/applications.ts'
import { loadRates } from '../store/currency-rates.ts'
import type { Offer, OfferFields } from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { isPerConversion } from './price-fields.ts'
import { type FieldError, Problem } from './problem.ts'

const ABOVE_REVENUE = 'payout_above_revenue'
const CONFIRM = 'send confirmPayoutAboveRevenue when you mean it'

/** An offer is an affiliate network's, an advertiser's or nobody's; only an advertiser's has terms. */
export async function findOwnerErrors(
  db: Db,
  workspace: string,
  offer: OfferFields,
): Promise<readonly FieldError[]> {
  const { advertiserId: id, terms } = offer
  if (id === '') {
    return terms === null ? [] : [{ field: 'terms', message: 'only an offer of an advertiser has terms' }]
  }
  const errors: FieldError[] = []
  const advertiser = await getAdvertiser(db, { workspace, id })
  if (advertiser?.archivedAt !== null) {
    errors.push({ field: 'advertiserId', message: `there is no advertiser "${id}"` })
  }
  if (offer.affiliateNetworkId !== '') {
    errors.push({ field: 'advertiserId', message: 'an offer has an affiliate network or an advertiser' })
  }
  if (offer.campaignId !== '') {
    errors.push({ field: 'campaignId', message: "an advertiser's offer leads to its URL, not to a campaign" })
  }
  if (offer.payoutMicros !== null) {
    errors.push({ field: 'payout', message: "an advertiser's offer has its prices in terms" })
  }
  if (terms === null) errors.push({ field: 'terms', message: 'an offer of an advertiser has terms' })
  return errors
}

/**
 * Prices of an offer with terms are exchanged into the workspace's currency. Without a rate a conversion would be
 * refused, and visits would earn nothing without a word.
 */
export async function findCurrencyErrors(
  db: Db,
  workspace: string,
  { terms, currency }: Pick<OfferFields, 'terms' | 'currency'>,
): Promise<readonly FieldError[]> {
  if (terms === null) return []
  const to = (await getWorkspace(db, workspace))?.currency
  if (to === undefined || currency === to) return []
  const rates = await loadRates(db)
  if (rates[currency] !== undefined && rates[to] !== undefined) return []
  return [{ field: 'currency', message: `no exchange rate ${currency} → ${to} is set: set it first` }]
}

/** What contradicts itself in the terms. */
export function findTermsErrors({
  terms,
  events,
  defaultEvent,
}: Pick<OfferFields, 'terms' | 'events' | 'defaultEvent'>): readonly FieldError[] {
  if (terms === null) return []
  const { clickToConversionMinMs: min, clickToConversionMaxMs: max } = terms
  const errors = [
    ...findGoalErrors(terms.goals, { events, defaultEvent }),
    ...findTierErrors(terms, defaultEvent),
    ...findClickCapErrors(terms),
    ...findRepeatedIds('landingPages', terms.landingPages),
    ...findRepeatedIds('creatives', terms.creatives),
  ]
  if (max !== 0 && max < min) {
    errors.push({ field: 'clickToConversionMaxMs', message: 'is below clickToConversionMinMs' })
  }
  return errors.map(({ field, message }) => ({ field: `terms.${field}`, message }))
}

function findGoalErrors(
  goals: OfferTerms['goals'],
  { events, defaultEvent }: Pick<OfferFields, 'events' | 'defaultEvent'>,
): readonly FieldError[] {
  const known = events.map((event) => event.toLowerCase())
  const seen = new Set<string>()
  return goals.flatMap(({ event }, index) => {
    const name = event.toLowerCase()
    const field = `goals.${index}.event`
    const isRepeated = seen.size === seen.add(name).size
    if (isRepeated) return [{ field, message: `"${event}" is here twice` }]
    if (name === defaultEvent.toLowerCase()) {
      return [{ field, message: `"${event}" is the default event: its prices are the offer's` }]
    }
    if (known.length > 0 && !known.includes(name)) {
      return [{ field, message: `"${event}" is not among the events of the offer` }]
    }
    return []
  })
}

function findTierErrors({ goals, tiers }: OfferTerms, defaultEvent: string): readonly FieldError[] {
  const seen = new Set<string>()
  return tiers.flatMap(({ tier, event, payout }, index) => {
    const field = `tiers.${index}`
    const isRepeated = seen.size === seen.add(JSON.stringify([tier, event.toLowerCase()])).size
    if (isRepeated) return [{ field, message: `the tier "${tier}" is here twice for the same event` }]
    return findPayoutErrors({ goals, defaultEvent }, { event, payout }).map((message) => ({
      field: `${field}.event`,
      message,
    }))
  })
}

const PAST_CAPS = 'caps on money do not bound what is paid by the click or impression (cpc, cpm)'

/** Caps are taken from by conversions: money of clicks and impressions would go past them. */
function findClickCapErrors(terms: OfferTerms): readonly FieldError[] {
  if (!paysForClicks(terms)) return []
  return cappedMoneyOf(terms.caps).map((field) => ({ field, message: PAST_CAPS }))
}

/** The same of what one affiliate has of its own at the offer. */
export function findOwnClickCapErrors(
  terms: OfferTerms,
  own: Pick<AffiliateOfferFields, 'payouts' | 'caps'>,
): readonly FieldError[] {
  const isPaidByClick = !Object.values(own.payouts).every(isPerConversion)
  const ownCaps = own.caps ?? NO_AFFILIATE_CAPS
  const isOwnCapped = isCapped(ownCaps.payoutMicros) || isCapped(ownCaps.revenueMicros)
  if (isPaidByClick && (isOwnCapped || cappedMoneyOf(terms.caps).length > 0)) {
    return [{ field: 'payouts', message: PAST_CAPS }]
  }
  return isOwnCapped && paysForClicks(terms) ? [{ field: 'caps', message: PAST_CAPS }] : []
}

function paysForClicks({ revenue, payout, tiers }: OfferTerms): boolean {
  return ![revenue, payout, ...tiers.map((tier) => tier.payout)].every(isPerConversion)
}

function cappedMoneyOf(caps: OfferTerms['caps']): readonly string[] {
  const bounds: readonly (readonly [string, CapLimits])[] = [
    ['caps.payout', caps.payoutMicros],
    ['caps.revenue', caps.revenueMicros],
    ['caps.perAffiliate.payout', caps.perAffiliate.payoutMicros],
    ['caps.perAffiliate.revenue', caps.perAffiliate.revenueMicros],
  ]
  return bounds.filter(([, limits]) => isCapped(limits)).map(([field]) => field)
}

function isCapped({ daily, monthly, total }: CapLimits): boolean {
  return daily !== null || monthly !== null || total !== null
}

/** What is wrong with a payout of its own for an event: '' is the default one, any other must be a goal. */
export function findPayoutErrors(
  { goals, defaultEvent }: Pick<OfferTerms, 'goals'> & { readonly defaultEvent: string },
  { event, payout }: Pick<OfferTerms['tiers'][number], 'event' | 'payout'>,
): readonly string[] {
  if (event === '') return []
  if (event.toLowerCase() === defaultEvent.toLowerCase()) {
    return [`"${event}" is the default event: leave it empty`]
  }
  if (findGoal(goals, event) === undefined) return [`the offer has no goal "${event}"`]
  return isPerConversion(payout) ? [] : ['a goal is paid for each conversion: flat, percent or both']
}

function findRepeatedIds(field: string, items: readonly { readonly id: string }[]): readonly FieldError[] {
  const seen = new Set<string>()
  return items.flatMap(({ id }, index) =>
    seen.size === seen.add(id).size
      ? [{ field: `${field}.${index}.id`, message: `"${id}" is here twice` }]
      : [],
  )
}

/**
 * Refuses payouts above the revenue, which lose money with each conversion, unless a person confirmed them. What was
 * saved before is not asked about again; payouts that affiliates have of their own are, when the revenue sinks.
 * @throws Problem 422 payout_above_revenue
 */
export async function refusePayoutAboveRevenue(
  db: Db,
  offer: OfferFields,
  saved: Offer | undefined,
): Promise<void> {
  const { terms } = offer
  if (terms === null || pricesText(terms) === pricesText(saved?.terms ?? null)) return
  const paths = findPayoutsAboveRevenue(terms)
  if (paths.length > 0) throw payoutAboveRevenue(paths.map((path) => `terms.${path}`))
  if (saved === undefined) return
  const custom = await listCustomPayouts(db, { workspace: saved.workspace, offerId: saved.id })
  const above = custom.filter((payouts) => findCustomPayoutsAboveRevenue(terms, payouts).length > 0)
  if (above.length === 0) return
  const message = `is below the payouts of their own of ${above.length} affiliates: ${CONFIRM}`
  throw new Problem(422, ABOVE_REVENUE, `terms.revenue ${message}`, [{ field: 'terms.revenue', message }])
}

/** @param fields payouts of the body. */
export function payoutAboveRevenue(fields: readonly string[]): Problem {
  const errors = fields.map((field) => ({ field, message: `is above the revenue: ${CONFIRM}` }))
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ')
  return new Problem(422, ABOVE_REVENUE, detail, errors)
}

function pricesText(terms: OfferTerms | null): string {
  return terms === null ? '' : JSON.stringify([terms.revenue, terms.payout, terms.goals, terms.tiers])
}
