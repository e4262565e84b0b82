/**
 * One row of the ledger, as the edge journals it and the loader inserts it (JSONEachRow): property names are
 * the ledger's column names. An absent property is the column's default: '' or 0.
 *
 * Dimensions describe the visit and are repeated on every row of it (reports never join); measures are signed
 * and summed. A correction is a new row, never an update.
 */
export type LedgerRow = {
  /** What the row records; lets the story of a visit be told in order. */
  readonly kind: 'visit' | 'click' | 'impression' | 'lander_view' | 'conversion' | 'event' | 'cost'
  readonly workspace: string
  /** When this happened, Unix milliseconds. */
  readonly at: number
  /** When its visit happened, Unix milliseconds; equals `at` on a visit. */
  readonly visit_at: number
  /** 26 characters; '' on rows that belong to no visit (a cost correction, a clickless conversion). */
  readonly click_id: string
  /**
   * Set on the rows of a correction, which come in pairs: `out` takes a row away as it was, `in` adds it as it is now.
   * They keep the kind and the times of the row that they correct.
   */
  readonly correction?: 'out' | 'in'
  /** When the correction was made, Unix milliseconds. */
  readonly corrected_at?: number
  /** On visits and clicks: where the visitor was sent, secrets masked; absent when nobody was redirected. */
  readonly location?: string
} & Partial<LedgerDimensions> &
  Partial<LedgerMeasures>

/** The visit was recorded by a page that the visitor was on: nothing was redirected, so that it is no click. */
export const ON_PAGE = 'on page'

export type LedgerDimensions = {
  readonly campaign_id: string
  readonly traffic_source_id: string
  readonly affiliate_network_id: string
  readonly offer_id: string
  readonly lander_id: string
  readonly path_id: string
  readonly rule_id: string
  /**
   * Why the visit went this way, in words of routing: 'default', 'rule', 'rule, sticky path', 'fallback offer'…; with
   * ON_PAGE at the end when it went nowhere yet.
   */
  readonly route_reason: string
  readonly affiliate_id: string
  readonly advertiser_id: string
  readonly external_id: string
  /** ISO 3166-1 alpha-2, '' when unknown. */
  readonly country: string
  readonly region: string
  readonly city: string
  readonly isp: string
  /** Number of the autonomous system, digits. */
  readonly asn: string
  /** 'datacenter' for addresses of hosting companies, else ''. */
  readonly connection_type: string
  /** desktop, mobile, tablet, tv, console, other; '' when unknown. */
  readonly device_type: string
  readonly device_brand: string
  readonly device_model: string
  readonly os: string
  readonly os_version: string
  readonly browser: string
  readonly browser_version: string
  /** ISO 639-1, from Accept-Language. */
  readonly language: string
  readonly referrer: string
  readonly referrer_domain: string
  readonly ip: string
  readonly user_agent: string
  /** Why the visit is not a person's: '' for a person, else e.g. 'user_agent', 'prefetch', 'head'. */
  readonly bot: string
  /** Fraud flags, sorted, separated by commas; '' for none. */
  readonly flags: string
  readonly sub1: string
  readonly sub2: string
  readonly sub3: string
  readonly sub4: string
  readonly sub5: string
  readonly sub6: string
  readonly sub7: string
  readonly sub8: string
  readonly sub9: string
  readonly sub10: string
  /** The traffic source's named tokens. */
  readonly tokens: Readonly<Record<string, string>>
  /** Every other query parameter of the visit. */
  readonly params: Readonly<Record<string, string>>
  /** On conversion rows. */
  readonly event: string
  readonly status: string
  readonly txid: string
  readonly conversion_id: string
}

export type LedgerMeasures = {
  readonly visits: number
  /** New to the campaign, and to the workspace. */
  readonly unique_visits: number
  readonly workspace_unique_visits: number
  readonly bot_visits: number
  readonly impressions: number
  readonly lander_views: number
  readonly clicks: number
  readonly unique_clicks: number
  /** Signed: a rejected sale is a row of -1 with status approved and a row of +1 with status rejected. */
  readonly conversions: number
  /** As conversions, of events that are set not to count as conversions. */
  readonly events: number
  /** Named numbers of a visit that add up (`event1`…`event30` and names of the user's), decimal strings. */
  readonly numbers: Readonly<Record<string, string>>
  /** Decimal strings in the workspace's currency, up to 6 places ("1.250000"); only pending and approved earn. */
  readonly revenue: string
  readonly payout: string
  readonly cost: string
}
