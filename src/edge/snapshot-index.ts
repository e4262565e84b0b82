import type {
  SnapshotAffiliate,
  SnapshotCampaign,
  SnapshotDomain,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import type { IndexedFlow } from './indexed-flow.ts'
import type { IndexedTerms } from './indexed-terms.ts'
import type { Target } from './target.ts'
import type { VisitCost } from './visit-cost.ts'

/** A snapshot made ready to answer from: look-ups are maps, URLs are compiled, constant JSON is written. */
export type SnapshotIndex = {
  /** -1 while there is none. */
  readonly version: number
  readonly workspaces: ReadonlyMap<string, IndexedWorkspace>
  readonly campaignsBySlug: ReadonlyMap<string, IndexedCampaign>
  readonly campaignsById: ReadonlyMap<string, IndexedCampaign>
  /** By the ids that links of other systems carry, e.g. 'prosper202:1234'. */
  readonly campaignsByLegacyId: ReadonlyMap<string, IndexedCampaign>
  readonly offers: ReadonlyMap<string, IndexedOffer>
  readonly offersByLegacyId: ReadonlyMap<string, IndexedOffer>
  readonly landers: ReadonlyMap<string, IndexedLander>
  readonly landersByLegacyId: ReadonlyMap<string, IndexedLander>
  readonly affiliates: ReadonlyMap<string, IndexedAffiliate>
  readonly affiliatesByLegacyId: ReadonlyMap<string, IndexedAffiliate>
  /** By host, lower case, without port. */
  readonly domains: ReadonlyMap<string, IndexedDomain>
  /**
   * Where a visitor of nothing known goes, on a host that is no known domain. Only the sole workspace of an
   * installation has one: with several nobody knows whose visitor it is.
   */
  readonly fallback: Target | undefined
}

export type IndexedWorkspace = {
  readonly workspace: SnapshotWorkspace
  readonly fallback: Target | undefined
  /** Referrer domains, lower case; what is below one of them counts as well. */
  readonly badReferrers: ReadonlySet<string>
  /** What all of its affiliate links have in common. */
  readonly affiliateLinks: Omit<TrackingTerms, 'id' | 'rowJson'>
}

/** No target: the offer is a campaign. No terms: it is no advertiser's. */
export type IndexedOffer = {
  readonly offer: SnapshotOffer
  readonly target: Target | undefined
  readonly terms: IndexedTerms | undefined
}

export type IndexedAffiliate = {
  readonly affiliate: SnapshotAffiliate
  /** By which offers name it. */
  readonly place: number
}

export type IndexedLander = { readonly lander: SnapshotLander; readonly target: Target }

export type IndexedDomain = {
  readonly domain: SnapshotDomain
  /** Whose visitors `/` are. */
  readonly defaultCampaign: IndexedCampaign | undefined
  /** The domain's own, else its workspace's. */
  readonly fallback: Target | undefined
}

/** What a visit came by. */
export type TrackingLink = IndexedCampaign | IndexedAffiliateLink

/** What tracking links of every type have: by it a visit is read, judged and recorded. */
export type TrackingTerms = {
  /** Whose visits of one address are counted together. */
  readonly id: string
  readonly workspace: SnapshotWorkspace
  /** Where visitors go that the link leads nowhere. */
  readonly fallback: Target | undefined
  /** What a query parameter means. */
  readonly roles: ReadonlyMap<string, ParamRole>
  readonly cost: VisitCost
  /** After so long without a visit a visitor is new to the link again, and to the workspace. */
  readonly uniqueMs: number
  readonly workspaceUniqueMs: number
  /** The row's constant start: workspace and whose link it is. */
  readonly rowJson: string
}

/** A campaign; its fallback is its own, else the workspace's. */
export type IndexedCampaign = TrackingTerms & {
  readonly type: 'campaign'
  readonly campaign: SnapshotCampaign
  readonly source: SnapshotTrafficSource | undefined
  /** Its own, or the shared one that it uses. */
  readonly flow: IndexedFlow
  /** How long browsers keep the campaign's cookie: it attributes, and it tells who returns. */
  readonly cookieSeconds: number
}

/** One affiliate × one offer: put together for each visit, since there may be millions of pairs. */
export type IndexedAffiliateLink = TrackingTerms & {
  readonly type: 'affiliate'
  readonly affiliate: IndexedAffiliate
  readonly offer: IndexedOffer & { readonly terms: IndexedTerms }
}

export const SUB_NAMES = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
] as const
export type SubName = (typeof SUB_NAMES)[number]

export type ParamRole =
  | { readonly type: 'external_id' }
  | { readonly type: 'cost' }
  | { readonly type: 'test' }
  | { readonly type: 'sub'; readonly name: SubName }
  | { readonly type: 'token'; readonly name: string }

export const EMPTY_INDEX: SnapshotIndex = {
  version: -1,
  workspaces: new Map(),
  campaignsBySlug: new Map(),
  campaignsById: new Map(),
  campaignsByLegacyId: new Map(),
  offers: new Map(),
  offersByLegacyId: new Map(),
  landers: new Map(),
  landersByLegacyId: new Map(),
  affiliates: new Map(),
  affiliatesByLegacyId: new Map(),
  domains: new Map(),
  fallback: undefined,
}
