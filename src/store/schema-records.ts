import type { Generated } from 'kysely'
import type { AttributionMethod, ConversionStatus } from '../domain/conversion-types.ts'
import type { HitKind, HitOutcome } from '../domain/hit.ts'

/** The tables of what came in: hits and the conversions that they made. Conventions as in schema.ts. */

export type HitsTable = {
  id: string
  /** '' when no workspace could be told. */
  workspace: string
  kind: HitKind
  received_at: number
  judged_at: number
  outcome: HitOutcome
  reason: string
  attribution: AttributionMethod
  click_id: string
  conversion_id: string
  affiliate_network_id: string
  /** On the network's side. */
  advertiser_id: Generated<string>
  affiliate_id: Generated<string>
  ip: string
  /** The whole Hit as received. */
  request_json: string
  /** The HitSteps of a test hit; '' for others. */
  steps_json: string
  /** When an unmatched hit is judged again by itself; null when never. */
  rematch_at: number | null
}

export type ConversionsTable = {
  id: string
  workspace: string
  click_id: string
  event: string
  txid: string
  /** What makes it the same conversion; unique with workspace. */
  identity: string
  status: ConversionStatus
  /** In the workspace's currency. */
  revenue_micros: number
  currency: string
  original_micros: number
  original_currency: string
  /** Original → workspace currency. */
  rate_micros: number
  /** What the traffic source is owed for it, by the campaign's cost model, in the workspace's currency. */
  cost_micros: number
  /** EventCounts when it was recorded: what was added can be taken away. */
  counts_conversion: number
  counts_revenue: number
  counts_cost: number
  attribution: AttributionMethod
  hit_id: string
  /** The visit's LedgerRow dimensions, repeated on every ledger row of this conversion. */
  visit_json: string
  campaign_id: string
  traffic_source_id: string
  affiliate_network_id: string
  offer_id: string
  external_id: string
  visit_at: number
  params_json: string
  reason: string
  /** On the network's side; '' on the tracker's. */
  affiliate_id: Generated<string>
  advertiser_id: Generated<string>
  /** What the affiliate is owed, in the workspace's currency. */
  payout_micros: Generated<number>
  /** The amount of the advertiser's sale, in the workspace's currency. */
  sale_micros: Generated<number>
  /** Agreement, or 'null' on the tracker's side. */
  agreement_json: Generated<string>
  /** When its hold is over; null on the tracker's side. */
  payable_at: Generated<number | null>
  /** JSON; '' as none. */
  past_statuses: Generated<string>
  /** Person, or 'null'. */
  person_json: Generated<string>
  /** n of its newest row in conversion_history. */
  transitions: number
  created_at: number
  updated_at: number
}

/** Transition n of a conversion; 1 is its creation. */
export type ConversionHistoryTable = {
  conversion_id: string
  n: number
  workspace: string
  at: number
  hit_id: string
  /** 'hit', or the user or key that did it by hand. */
  actor: string
  /** '' on the first. */
  from_status: ConversionStatus | ''
  to_status: ConversionStatus
  from_revenue_micros: number
  to_revenue_micros: number
  from_payout_micros: Generated<number>
  to_payout_micros: Generated<number>
  reason: string
}

/** Conversions counted against a cap; key is e.g. 'offer:ID', period e.g. '2026-11-22'. */
export type CapCountersTable = { key: string; period: string; count: number }
