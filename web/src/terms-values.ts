import type { components } from './api-types.ts'
import type { OfferBody } from './resources.ts'
import { wallTimeOf, zonedMoment } from './zoned-day.ts'

export type OfferTerms = components['schemas']['OfferTerms']
type TermsBody = NonNullable<OfferBody['terms']>
type PriceBody = NonNullable<TermsBody['revenue']>
export type PriceModel = OfferTerms['revenue']['model']
/** A price as it is typed: what its model does not need waits in case the model is chosen. */
export type PriceValues = { readonly model: PriceModel; readonly amount: string; readonly percent: string }
/** Caps by period as they are typed; '' for none. */
export type CapValues = { readonly daily: string; readonly monthly: string; readonly total: string }
export const PERIODS = ['daily', 'monthly', 'total'] as const

export type GoalValues = {
  readonly event: string
  readonly name: string
  readonly revenue: PriceValues
  readonly payout: PriceValues
}
export type TierValues = { readonly tier: string; readonly event: string; readonly payout: PriceValues }
export type TermsValues = ReturnType<typeof toTermsValues>

export const EMPTY_PRICE: PriceValues = { model: 'flat', amount: '', percent: '' }
const EMPTY_CAPS: CapValues = { daily: '', monthly: '', total: '' }
const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/**
 * The terms for a form; undefined for an offer that has none yet.
 * @param timeZone that its times are typed in.
 */
export function toTermsValues(terms: OfferTerms | undefined, timeZone: string) {
  const targeting: unknown = terms?.targeting ?? null
  return {
    status: terms?.status ?? ('active' as const),
    expiresAt: toWallTime(terms?.expiresAt, timeZone),
    visibility: terms?.visibility ?? ('public' as const),
    description: terms?.description ?? '',
    previewUrl: terms?.previewUrl ?? '',
    agreement: terms?.agreement ?? '',
    protocol: terms?.protocol ?? ('postback' as const),
    allowsPixels: terms?.allowsPixels ?? true,
    revenue: toPriceValues(terms?.revenue),
    payout: toPriceValues(terms?.payout),
    goals: (terms?.goals ?? []).map(
      (goal): GoalValues => ({
        event: goal.event,
        name: goal.name,
        revenue: toPriceValues(goal.revenue),
        payout: toPriceValues(goal.payout),
      }),
    ),
    tiers: (terms?.tiers ?? []).map(
      (tier): TierValues => ({ tier: tier.tier, event: tier.event, payout: toPriceValues(tier.payout) }),
    ),
    approval: terms?.approval ?? ('automatic' as const),
    holdDays: terms?.holdDays ?? null,
    targeting,
    payoutCaps: toCapValues(terms?.caps.payout),
    revenueCaps: toCapValues(terms?.caps.revenue),
    affiliateConversionCaps: toCapValues(terms?.caps.perAffiliate.conversions),
    affiliatePayoutCaps: toCapValues(terms?.caps.perAffiliate.payout),
    affiliateRevenueCaps: toCapValues(terms?.caps.perAffiliate.revenue),
    convertedUrl: terms?.convertedUrl ?? '',
    landingPages: terms?.landingPages ?? [],
    creatives: terms?.creatives ?? [],
    deepLinkDomains: terms?.deepLinkDomains ?? [],
    minSeconds: (terms?.clickToConversionMinMs ?? 0) / SECOND_MS,
    maxDays: (terms?.clickToConversionMaxMs ?? 0) / DAY_MS,
  }
}

function toWallTime(moment: string | null | undefined, timeZone: string): string {
  return moment === null || moment === undefined ? '' : wallTimeOf(moment, timeZone)
}

/** The API's form of them. */
export function toTermsBody(values: TermsValues, timeZone: string): TermsBody {
  const { payoutCaps, revenueCaps, minSeconds, maxDays, ...others } = values
  const { affiliateConversionCaps, affiliatePayoutCaps, affiliateRevenueCaps, ...plain } = others
  return {
    ...plain,
    expiresAt: values.expiresAt === '' ? null : zonedMoment(values.expiresAt, timeZone).toISOString(),
    revenue: toPriceBody(values.revenue),
    payout: toPriceBody(values.payout),
    goals: values.goals.map((goal) => ({
      event: goal.event,
      name: goal.name,
      revenue: toPriceBody(goal.revenue),
      payout: toPriceBody(goal.payout),
    })),
    tiers: values.tiers.map((tier) => ({
      tier: tier.tier,
      event: tier.event,
      payout: toPriceBody(tier.payout),
    })),
    caps: {
      payout: toAmountCaps(payoutCaps),
      revenue: toAmountCaps(revenueCaps),
      perAffiliate: {
        conversions: toCountCaps(affiliateConversionCaps),
        payout: toAmountCaps(affiliatePayoutCaps),
        revenue: toAmountCaps(affiliateRevenueCaps),
      },
    },
    landingPages: values.landingPages.map(({ id, ...page }) => (id === '' ? page : { id, ...page })),
    creatives: values.creatives.map(({ id, ...creative }) => (id === '' ? creative : { id, ...creative })),
    clickToConversionMinMs: Math.round(minSeconds * SECOND_MS),
    clickToConversionMaxMs: Math.round(maxDays * DAY_MS),
  }
}

export function toPriceValues(price: components['schemas']['Price'] | undefined): PriceValues {
  if (price === undefined) return EMPTY_PRICE
  const { model, amount = '', percent } = price
  return { model, amount, percent: percent === undefined ? '' : String(percent) }
}

/** An amount or a share that is left empty is none. */
export function toPriceBody({ model, amount, percent }: PriceValues): PriceBody {
  const paid = amount.trim() === '' ? '0' : amount.trim()
  if (model === 'percent') return { model, percent: Number(percent) }
  if (model === 'both') return { model, amount: paid, percent: Number(percent) }
  return { model, amount: paid }
}

type Caps = { readonly [Period in keyof CapValues]: string | number | null }

export function toCapValues(caps: Caps | undefined): CapValues {
  if (caps === undefined) return EMPTY_CAPS
  const { daily, monthly, total } = caps
  return { daily: String(daily ?? ''), monthly: String(monthly ?? ''), total: String(total ?? '') }
}

export function toAmountCaps({ daily, monthly, total }: CapValues) {
  return { daily: daily.trim() || null, monthly: monthly.trim() || null, total: total.trim() || null }
}

export function toCountCaps(caps: CapValues) {
  const { daily, monthly, total } = toAmountCaps(caps)
  const toCount = (text: string | null) => (text === null ? null : Number(text))
  return { daily: toCount(daily), monthly: toCount(monthly), total: toCount(total) }
}
