import type { CustomPayouts } from '../domain/affiliate.ts'
import { withClickIdParam } from '../domain/click-id-param.ts'
import { exchangeMicros } from '../domain/money.ts'
import { agreeOn, convertPrice, impressionPriceMicros, visitPriceMicros } from '../domain/offer-price.ts'
import { NO_PRICE, type OfferTerms, type Price } from '../domain/offer-terms.ts'
import type { ClickPayout, SnapshotTerms } from '../domain/snapshot.ts'
import type { Advertiser } from './advertisers.ts'
import type { OfferApplications } from './affiliate-offer-index.ts'
import type { AffiliatePlaces } from './affiliate-places.ts'
import { compileApplications } from './compile-applications.ts'
import type { RatesMicros } from './currency-rates.ts'
import type { CappedAffiliate } from './offer-caps.ts'
import type { Offer } from './offers.ts'

/** What the terms of one offer are compiled from, besides the offer. */
export type TermsParts = {
  readonly advertiser: Advertiser | undefined
  /** ISO 4217 of the workspace. */
  readonly currency: string
  readonly ratesMicros: RatesMicros
  readonly applications: OfferApplications | undefined
  readonly places: AffiliatePlaces
  /** Places by affiliate id. */
  readonly placeById: ReadonlyMap<string, number>
  readonly capped: readonly CappedAffiliate[]
}

/** What edges need of an advertiser's offer. */
export function compileTerms(offer: Offer, terms: OfferTerms, parts: TermsParts): SnapshotTerms {
  const { advertiser, applications, places } = parts
  const agreed = toAgreedPayouts(offer, terms, parts)
  const own = agreed('', undefined).payout
  const revenue = toClickPayout(terms.revenue, offer, parts)
  const clickIdParam = advertiser?.clickIdParam ?? ''
  return {
    status: terms.status,
    expiresAt: terms.expiresAt,
    advertiserActive: advertiser?.status === 'active' && advertiser.archivedAt === null,
    protocol: terms.protocol,
    ...compileApplications(terms, applications, places),
    targeting: terms.targeting,
    visitMicros: { revenue: revenue.visitMicros, payout: own.visitMicros },
    impressionMicros: { revenue: revenue.impressionMicros, payout: own.impressionMicros },
    tierPayouts: [...new Set(terms.tiers.map(({ tier }) => tier))]
      .map((tier) => ({ tier, ...agreed(tier, undefined).payout }))
      .filter((payout) => !isSame(payout, own)),
    customPayouts: isPaidByClick(terms, applications) ? compileCustomPayouts(agreed, parts) : [],
    cappedAffiliates: compileCapped(parts),
    convertedUrl: terms.convertedUrl,
    landingPages: terms.landingPages.map(({ id, url }) => ({ id, url: withClickIdParam(url, clickIdParam) })),
    deepLinkDomains: terms.deepLinkDomains,
    clickIdParam,
  }
}

/** What an affiliate of a tier is paid for a visit and an impression, and whether by an agreement of its own. */
type AgreedPayouts = (
  tier: string,
  custom: CustomPayouts | undefined,
) => { readonly payout: ClickPayout; readonly isOwn: boolean }

function toAgreedPayouts(offer: Offer, terms: OfferTerms, parts: TermsParts): AgreedPayouts {
  const { currency, defaultEvent } = offer
  return (tier, custom) => {
    const { payout, from } = agreeOn({ terms, currency, defaultEvent, event: '', tier, custom })
    return { payout: toClickPayout(payout, offer, parts), isOwn: from === 'affiliate' }
  }
}

/** In the workspace's currency. A currency without a rate earns nothing that could be told. */
function toClickPayout(price: Price, { currency }: Offer, parts: TermsParts): ClickPayout {
  const isSameCurrency = currency === parts.currency || currency === ''
  const fromMicros = parts.ratesMicros[currency] ?? 0
  const toMicros = parts.ratesMicros[parts.currency] ?? 0
  const converted = isSameCurrency
    ? price
    : convertPrice(price, (micros) =>
        fromMicros > 0 && toMicros > 0 ? exchangeMicros(micros, fromMicros, toMicros) : undefined,
      )
  const told = converted ?? NO_PRICE
  return { visitMicros: visitPriceMicros(told), impressionMicros: impressionPriceMicros(told) }
}

/** Of most offers nobody is paid by visits: millions of payouts of their affiliates need not be looked at. */
function isPaidByClick({ payout, tiers }: OfferTerms, applications: OfferApplications | undefined): boolean {
  const prices = [payout, ...tiers.map((tier) => tier.payout)]
  return (
    applications?.paysForClicks === true || prices.some(({ model }) => model === 'cpc' || model === 'cpm')
  )
}

function compileCustomPayouts(
  agreed: AgreedPayouts,
  { applications, places }: TermsParts,
): SnapshotTerms['customPayouts'] {
  const payouts: { affiliate: number; visitMicros: number; impressionMicros: number }[] = []
  for (const [slot, custom] of applications?.payouts ?? []) {
    const place = places.bySlot[slot] ?? -1
    const tier = places.affiliates[place]?.tier
    if (tier === undefined) continue
    const { payout, isOwn } = agreed(tier, custom)
    if (isOwn && !isSame(payout, agreed(tier, undefined).payout))
      payouts.push({ affiliate: place, ...payout })
  }
  return payouts.toSorted((a, b) => a.affiliate - b.affiliate)
}

function compileCapped({ capped, placeById }: TermsParts): SnapshotTerms['cappedAffiliates'] {
  return capped
    .flatMap(({ affiliateId, until }) => {
      const affiliate = placeById.get(affiliateId)
      return affiliate === undefined ? [] : [{ affiliate, until }]
    })
    .toSorted((a, b) => a.affiliate - b.affiliate)
}

function isSame(a: ClickPayout, b: ClickPayout): boolean {
  return a.visitMicros === b.visitMicros && a.impressionMicros === b.impressionMicros
}
