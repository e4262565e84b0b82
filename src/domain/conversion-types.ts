export const CONVERSION_STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const
export type ConversionStatus = (typeof CONVERSION_STATUSES)[number]

/** What one transition does to a conversion. Amounts in the workspace's currency. */
export type ConversionChange = {
  /** '' for a new one. */
  readonly fromStatus: ConversionStatus | ''
  readonly toStatus: ConversionStatus
  readonly fromRevenueMicros: number
  readonly toRevenueMicros: number
  readonly fromPayoutMicros: number
  readonly toPayoutMicros: number
}

/** What a repeated conversion (same visit, event and txid) does. */
export const DUPLICATE_POLICIES = ['ignore', 'update', 'add', 'replace'] as const
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number]

/** How the visit of a hit was found (PROTOCOL section 2). */
export type AttributionMethod =
  /** A person chose the visit. */
  'matched' | 'cid' | 'first_party' | 'cookie_offer' | 'cookie_latest' | 'coupon' | 'explicit' | 'none'

/** The network's own status words → ours. Keys are lower case. */
export type StatusMap = Readonly<Record<string, ConversionStatus | 'ignore'>>

/** What conversions of an event count as. An event that the workspace has not set counts by EVENT_COUNTS_DEFAULT. */
export type EventCounts = {
  /** As a conversion; otherwise as an event, in a column of its own. */
  readonly conversion: boolean
  /** Its amount is revenue. */
  readonly revenue: boolean
  /** Its amount is a cost, e.g. a fee that the network charges. */
  readonly cost: boolean
}

export const EVENT_COUNTS_DEFAULT: EventCounts = { conversion: true, revenue: true, cost: false }

/** auto: what the hit names, else the offer's amount. fixed: always the offer's. */
export const PAYOUT_MODES = ['auto', 'fixed'] as const
export type PayoutMode = (typeof PAYOUT_MODES)[number]

/** How many, or how much, of each period; null for no cap. */
export type CapLimits = {
  readonly daily: number | null
  readonly monthly: number | null
  readonly total: number | null
}

/** Conversions that an offer takes. Days and months begin in the time zone, an IANA name. */
export type OfferCaps = CapLimits & { readonly timeZone: string }
