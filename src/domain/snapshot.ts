import type { AffiliateStatus } from './affiliate.ts'
import type { Condition, FlowPath, FlowRule, Sticky } from './flow.ts'
import type { FraudSettings } from './fraud.ts'
import type { LandingPage, OfferProtocol, StoredOfferStatus } from './offer-terms.ts'

/**
 * Everything an edge needs to answer the public internet, compiled by core from SQL and replaced as a whole.
 * Plain JSON: it travels over HTTP and lies on the edge's disk.
 */
export type Snapshot = {
  readonly format: 3
  /** Grows with every change of configuration. */
  readonly version: number
  readonly workspaces: readonly SnapshotWorkspace[]
  readonly trafficSources: readonly SnapshotTrafficSource[]
  readonly offers: readonly SnapshotOffer[]
  readonly landers: readonly SnapshotLander[]
  /** Shared flows; a campaign's own flow is part of the campaign. */
  readonly flows: readonly SnapshotFlow[]
  readonly campaigns: readonly SnapshotCampaign[]
  readonly domains: readonly SnapshotDomain[]
  /** Offers name them by their place in this list: oldest first, so that a new one moves no other. */
  readonly affiliates: readonly SnapshotAffiliate[]
  /** Currency → units of it for one US dollar, in micros. */
  readonly ratesMicros: Readonly<Record<string, number>>
}

export type SnapshotWorkspace = {
  readonly id: string
  /** ISO 4217. */
  readonly currency: string
  /** IANA name: where its days begin. */
  readonly timeZone: string
  /** Where a visitor goes when nothing else is known; '' for a plain 404. */
  readonly fallbackUrl: string
  readonly attributionWindowDays: number
  /** After so many hours without a visit a visitor is new again; 0: after the attribution window. */
  readonly uniqueHours: number
  readonly fraud: FraudSettings
}

export type SnapshotTrafficSource = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  /** Query parameter that carries the source's own click id; '' when it has none. */
  readonly externalIdParam: string
  /** Query parameter that carries the price of the visit; '' when it has none. */
  readonly costParam: string
  readonly currency: string
  /** Named tokens: the query parameter's value is kept under the token's name. */
  readonly tokens: readonly { readonly name: string; readonly param: string }[]
  /** Of the visits that the source bills, how many never arrive; the cost of those that do is raised by it. */
  readonly trafficLossPercent: number
}

export type SnapshotOffer = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  /** '' when the offer belongs to no network. */
  readonly affiliateNetworkId: string
  readonly affiliateNetworkName: string
  /** With macros; the network's click id parameter is already appended. '' when the offer is a campaign. */
  readonly url: string
  /** The campaign whose flow the visitor goes on through, under the same click id; '' for an offer with a URL. */
  readonly campaignId: string
  readonly payoutMicros: number | null
  readonly currency: string
  /** ISO 3166-1 alpha-2 of the visitors it takes; empty for all. */
  readonly countries: readonly string[]
  /** Its cap is used up until then, Unix milliseconds; 0 while there is room. */
  readonly cappedUntil: number
  /** Where visitors go that it does not take; '' for another offer of the path, or the fallback. */
  readonly fallbackOfferId: string
  /** Ids that it has in the links of other systems, e.g. 'prosper202:1234'. */
  readonly legacyIds: readonly string[]
  /** '' for an offer of an affiliate network. */
  readonly advertiserId: string
  /** Null for an offer of an affiliate network. */
  readonly terms: SnapshotTerms | null
}

/** What an edge needs of an advertiser's offer to answer affiliate links. Money is in the workspace's currency. */
export type SnapshotTerms = {
  readonly status: StoredOfferStatus
  readonly expiresAt: number | null
  readonly advertiserActive: boolean
  readonly protocol: OfferProtocol
  /** Whether affiliates that are not told apart below may run it. */
  readonly openToAll: boolean
  /**
   * Who may run it; of an offer that is open to all, who may not: so that a new affiliate changes no public offer. One
   * bit for each place in `affiliates`: bit `n % 8` of byte `floor(n / 8)`, base64 of the bytes without zeros at the
   * end.
   */
  readonly affiliates: string
  readonly targeting: Condition | null
  /** Of a unique visit, and of one impression. */
  readonly visitMicros: ClickPrice
  readonly impressionMicros: ClickPrice
  /** Payouts of a tier's affiliates for visits and impressions, where they are not the offer's. */
  readonly tierPayouts: readonly (ClickPayout & { readonly tier: string })[]
  /** Affiliates with payouts of their own for visits and impressions, which go before those of their tier. */
  readonly customPayouts: readonly (ClickPayout & { readonly affiliate: number })[]
  /** Affiliates whose own cap is used up until then, Unix milliseconds. */
  readonly cappedAffiliates: readonly { readonly affiliate: number; readonly until: number }[]
  readonly convertedUrl: string
  /** With macros; the advertiser's click id parameter is already appended. */
  readonly landingPages: readonly Pick<LandingPage, 'id' | 'url'>[]
  readonly deepLinkDomains: readonly string[]
  /** The advertiser's parameter for the click id, appended to deep links; '' for none. */
  readonly clickIdParam: string
}

export type ClickPrice = { readonly revenue: number; readonly payout: number }
export type ClickPayout = { readonly visitMicros: number; readonly impressionMicros: number }

export type SnapshotAffiliate = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  readonly status: AffiliateStatus
  /** '' for none. */
  readonly tier: string
  /** Values of `source` or `sub1` whose visits are not taken. */
  readonly blockedSources: readonly string[]
  readonly legacyIds: readonly string[]
}

export type SnapshotLander = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  /** With macros. */
  readonly url: string
  /** Number of calls to action: with more than one, /click/n goes to the path's n-th offer. */
  readonly ctaCount: number
  /** {lander.key} is a key that the lander can check, so that it shows itself to visitors of a campaign alone. */
  readonly protection: { readonly secret: string; readonly minutes: number } | null
  readonly legacyIds: readonly string[]
}

export type SnapshotFlow = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  readonly rules: readonly FlowRule[]
  readonly paths: readonly FlowPath[]
  readonly sticky: Sticky
}

export type SnapshotCampaign = {
  readonly id: string
  readonly workspace: string
  readonly slug: string
  readonly name: string
  readonly status: 'active' | 'paused'
  readonly trafficSourceId: string
  readonly redirectMode: RedirectMode
  readonly costModel: CostModel
  /** Where visitors go while the campaign is paused or has no path; '' for the workspace's fallback. */
  readonly fallbackUrl: string
  /** A shared flow; '' when the campaign has its own: `rules`, `paths` and `sticky`. */
  readonly flowId: string
  readonly rules: readonly FlowRule[]
  readonly paths: readonly FlowPath[]
  readonly sticky: Sticky
  /** As the workspace's; 0 for the workspace's. */
  readonly uniqueHours: number
  readonly legacyIds: readonly string[]
}

/** A host name that visitors use. */
export type SnapshotDomain = {
  /** Lower case, without port. */
  readonly host: string
  readonly workspace: string
  /** Whose visitors `/` are; '' for none. */
  readonly defaultCampaignId: string
  /** Where unknown links of the domain lead; '' for the workspace's fallback. */
  readonly fallbackUrl: string
}

export type RedirectMode = '302' | '307' | 'meta' | 'double_meta' | 'js'

export type CostModel =
  | { readonly type: 'none' }
  /** For each visit. */
  | { readonly type: 'cpc'; readonly amountMicros: number; readonly currency: string }
  /** For a thousand visits, or impressions where the source reports them. */
  | {
      readonly type: 'cpm'
      readonly amountMicros: number
      readonly currency: string
      readonly per: 'visits' | 'impressions'
    }
  /** For each conversion that counts. */
  | { readonly type: 'cpa'; readonly amountMicros: number; readonly currency: string }
  /** A share of the revenue. */
  | { readonly type: 'revshare'; readonly percent: number }
  /** The price comes with the visit, in the traffic source's cost parameter and currency. */
  | { readonly type: 'token' }

/** Which way a visit took: what /click needs to find its offer. */
export type VisitRoute = {
  readonly clickId: string
  readonly campaignId: string
  readonly pathId: string
  readonly landerId: string
  readonly offerId: string
}
