import type { CapLimits } from './conversion-types.ts'
import type { Condition } from './flow.ts'

/**
 * What an offer of an advertiser has that one of an affiliate network has not: who may run it, what the advertiser
 * pays for it and what affiliates are paid. Plain JSON.
 */
export type OfferTerms = {
  readonly status: StoredOfferStatus
  /** Unix milliseconds; null: never. */
  readonly expiresAt: number | null
  readonly visibility: OfferVisibility
  /** What an affiliate must know; plain text. */
  readonly description: string
  readonly previewUrl: string
  /** Text that an affiliate must accept before it may run the offer; '' for none. */
  readonly agreement: string
  /** The one way by which the advertiser reports conversions; a server postback that proves itself always may. */
  readonly protocol: OfferProtocol
  /** False: affiliates may use postbacks only, whatever the protocol would allow. */
  readonly allowsPixels: boolean
  /** What the advertiser pays for the default event, and what an affiliate is paid; in the offer's currency. */
  readonly revenue: Price
  readonly payout: Price
  /** Other events with their own prices; one that is not named earns nothing. */
  readonly goals: readonly Goal[]
  /** Payouts of affiliates of a tier, in place of the offer's; the goal's where it names one. */
  readonly tiers: readonly PayoutTier[]
  /** Whether conversions wait for a person's approval. */
  readonly approval: 'automatic' | 'manual'
  /** Days until an approved conversion is payable; null: the workspace's. */
  readonly holdDays: number | null
  /** Whom it takes besides `countries`; null: everybody. */
  readonly targeting: Condition | null
  /** Caps besides those on conversions: money in the workspace's currency; periods by the time zone of the caps. */
  readonly caps: TermsCaps
  /** Where a visitor goes who converted already; '' as anybody else. */
  readonly convertedUrl: string
  readonly landingPages: readonly LandingPage[]
  readonly creatives: readonly Creative[]
  /** Domains that an affiliate link may lead to by `url`, with everything below them; empty: no deep links. */
  readonly deepLinkDomains: readonly string[]
  readonly clickToConversionMinMs: number
  /** 0 for no maximum. */
  readonly clickToConversionMaxMs: number
}

export const STORED_OFFER_STATUSES = ['active', 'paused', 'pending'] as const
export type StoredOfferStatus = (typeof STORED_OFFER_STATUSES)[number]
/** As it is shown: an offer expires by its date, and is deleted by being archived. */
export const OFFER_STATUSES = [...STORED_OFFER_STATUSES, 'expired', 'deleted'] as const
export type OfferStatus = (typeof OFFER_STATUSES)[number]

/** public: every active affiliate may run it. approval: on application. private: shown to those it was given to. */
export const OFFER_VISIBILITIES = ['public', 'approval', 'private'] as const
export type OfferVisibility = (typeof OFFER_VISIBILITIES)[number]

/** What the advertiser puts in place: a call of its server, or one of our pixels on its page. */
export const OFFER_PROTOCOLS = ['postback', 'image', 'iframe', 'script'] as const
export type OfferProtocol = (typeof OFFER_PROTOCOLS)[number]

/**
 * flat: an amount per conversion. percent: a share of the sale's amount. both: their sum. cpc: an amount per unique
 * visit. cpm: an amount per thousand impressions. Amounts in micros of the offer's currency.
 */
export type Price =
  | { readonly model: 'flat'; readonly amountMicros: number }
  | { readonly model: 'percent'; readonly percent: number }
  | { readonly model: 'both'; readonly amountMicros: number; readonly percent: number }
  | { readonly model: 'cpc'; readonly amountMicros: number }
  | { readonly model: 'cpm'; readonly amountMicros: number }
export const PRICE_MODELS = ['flat', 'percent', 'both', 'cpc', 'cpm'] as const

export const NO_PRICE: Price = { model: 'flat', amountMicros: 0 }

export type Goal = {
  /** As hits name it; compared without regard to case. */
  readonly event: string
  /** As people see it. */
  readonly name: string
  readonly revenue: Price
  readonly payout: Price
}

export type PayoutTier = {
  /** As affiliates carry it. */
  readonly tier: string
  /** '' for the default event. */
  readonly event: string
  readonly payout: Price
}

export type TermsCaps = {
  readonly payoutMicros: CapLimits
  readonly revenueMicros: CapLimits
  /** Of each affiliate, unless the affiliate has caps of its own. */
  readonly perAffiliate: AffiliateCaps
}

export type AffiliateCaps = {
  readonly conversions: CapLimits
  readonly payoutMicros: CapLimits
  readonly revenueMicros: CapLimits
}

export type LandingPage = { readonly id: string; readonly name: string; readonly url: string }

export type Creative = {
  readonly id: string
  readonly name: string
  readonly type: 'image' | 'text' | 'email'
  /** Of an image: where it lies. */
  readonly url: string
  /** Of a text or e-mail. */
  readonly text: string
  readonly width: number
  readonly height: number
}

export const NO_CAPS: CapLimits = { daily: null, monthly: null, total: null }
export const NO_AFFILIATE_CAPS: AffiliateCaps = {
  conversions: NO_CAPS,
  payoutMicros: NO_CAPS,
  revenueMicros: NO_CAPS,
}

/** An offer as it begins: what is stored without a part of it has this. */
export const DEFAULT_TERMS: OfferTerms = {
  status: 'active',
  expiresAt: null,
  visibility: 'public',
  description: '',
  previewUrl: '',
  agreement: '',
  protocol: 'postback',
  allowsPixels: true,
  revenue: NO_PRICE,
  payout: NO_PRICE,
  goals: [],
  tiers: [],
  approval: 'automatic',
  holdDays: null,
  targeting: null,
  caps: { payoutMicros: NO_CAPS, revenueMicros: NO_CAPS, perAffiliate: NO_AFFILIATE_CAPS },
  convertedUrl: '',
  landingPages: [],
  creatives: [],
  deepLinkDomains: [],
  clickToConversionMinMs: 0,
  clickToConversionMaxMs: 0,
}

/** What an offer is at a moment. */
export function offerStatusAt(
  offer: { readonly terms: OfferTerms | null; readonly archivedAt: number | null },
  nowMs: number,
): OfferStatus {
  if (offer.archivedAt !== null) return 'deleted'
  const { expiresAt = null, status = 'active' } = offer.terms ?? {}
  return expiresAt !== null && expiresAt <= nowMs ? 'expired' : status
}
