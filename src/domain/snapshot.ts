/**
 * Everything an edge needs to answer the public internet, compiled by core from SQL and replaced as a whole.
 * Plain JSON: it travels over HTTP and lies on the edge's disk.
 */
export type Snapshot = {
  readonly format: 1
  /** Grows with every change of configuration. */
  readonly version: number
  readonly workspaces: readonly SnapshotWorkspace[]
  readonly trafficSources: readonly SnapshotTrafficSource[]
  readonly offers: readonly SnapshotOffer[]
  readonly landers: readonly SnapshotLander[]
  readonly campaigns: readonly SnapshotCampaign[]
  /** Currency → units of it for one US dollar, in micros. */
  readonly ratesMicros: Readonly<Record<string, number>>
}

export type SnapshotWorkspace = {
  readonly id: string
  /** ISO 4217. */
  readonly currency: string
  /** Where a visitor goes when nothing else is known; '' for a plain 404. */
  readonly fallbackUrl: string
  readonly attributionWindowDays: number
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
}

export type SnapshotOffer = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  /** '' when the offer belongs to no network. */
  readonly affiliateNetworkId: string
  readonly affiliateNetworkName: string
  /** With macros; the network's click id parameter is already appended. */
  readonly url: string
  readonly payoutMicros: number | null
  readonly currency: string
}

export type SnapshotLander = {
  readonly id: string
  readonly workspace: string
  readonly name: string
  /** With macros. */
  readonly url: string
  /** Number of calls to action: with more than one, /click/n goes to the path's n-th offer. */
  readonly ctaCount: number
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
  readonly paths: readonly FlowPath[]
}

export type RedirectMode = '302' | '307' | 'meta' | 'double_meta' | 'js'

export type CostModel =
  | { readonly type: 'none' }
  | { readonly type: 'cpc'; readonly amountMicros: number; readonly currency: string }
  /** The price comes with the visit, in the traffic source's cost parameter and currency. */
  | { readonly type: 'token' }

/** Landers × offers with weights. No lander: the visit goes directly to the offer. */
export type FlowPath = {
  readonly id: string
  readonly weight: number
  readonly landers: readonly WeightedRef[]
  readonly offers: readonly WeightedRef[]
}

export type WeightedRef = { readonly id: string; readonly weight: number }

/** Which way a visit took: what /click needs to find its offer. */
export type VisitRoute = {
  readonly clickId: string
  readonly campaignId: string
  readonly pathId: string
  readonly landerId: string
  readonly offerId: string
}
