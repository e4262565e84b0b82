export const CONVERSION_STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const
export type ConversionStatus = (typeof CONVERSION_STATUSES)[number]

/** What a repeated conversion (same visit, event and txid) does. */
export const DUPLICATE_POLICIES = ['ignore', 'update', 'add', 'replace'] as const
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number]

/** How the visit of a hit was found (PROTOCOL section 2). */
export type AttributionMethod =
  | 'cid'
  | 'first_party'
  | 'cookie_offer'
  | 'cookie_latest'
  | 'coupon'
  | 'explicit'
  | 'none'

/** The network's own status words → ours. Keys are lower case. */
export type StatusMap = Readonly<Record<string, ConversionStatus | 'ignore'>>
