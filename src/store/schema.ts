import type { Generated } from 'kysely'
import type {
  AttributionMethod,
  ConversionStatus,
  DuplicatePolicy,
  PayoutMode,
} from '../domain/conversion-types.ts'
import type { Sticky } from '../domain/flow.ts'
import type { HitKind, HitOutcome } from '../domain/hit.ts'
import type { RedirectMode } from '../domain/snapshot.ts'
import type { DeliveryState, NotificationTarget } from '../domain/target-types.ts'

/**
 * The SQL tables, one text for SQLite and PostgreSQL. Conventions: ids are text; every `*_at` is Unix
 * milliseconds; every `*_micros` an integer; flags are 0 or 1; `*_json` columns hold JSON text; '' means none
 * where a value is optional text, null where absence differs from empty.
 */
export type Database = {
  workspaces: WorkspacesTable
  traffic_sources: TrafficSourcesTable
  affiliate_networks: AffiliateNetworksTable
  offers: OffersTable
  landers: LandersTable
  flows: FlowsTable
  campaigns: CampaignsTable
  domains: DomainsTable
  events: EventsTable
  notification_targets: NotificationTargetsTable
  currency_rates: CurrencyRatesTable
  config_version: ConfigVersionTable
  hits: HitsTable
  conversions: ConversionsTable
  conversion_history: ConversionHistoryTable
  cap_counters: CapCountersTable
  deliveries: DeliveriesTable
  delivery_attempts: DeliveryAttemptsTable
  ledger_outbox: LedgerOutboxTable
  ledger_batches: LedgerBatchesTable
  journal_checkpoints: JournalCheckpointsTable
  api_keys: ApiKeysTable
  audit_log: AuditLogTable
  visit_updates: VisitUpdatesTable
  visit_numbers: VisitNumbersTable
  jobs: JobsTable
  conversion_uploads: ConversionUploadsTable
  upload_rows: UploadRowsTable
  cost_corrections: CostCorrectionsTable
  optimized_weights: OptimizedWeightsTable
}

type WorkspacesTable = {
  id: string
  name: string
  currency: string
  time_zone: string
  fallback_url: string
  attribution_window_days: number
  /** After so many hours without a visit a visitor is new again; 0: after the attribution window. */
  unique_hours: number
  /** FraudSettings. */
  fraud_json: string
  created_at: number
  updated_at: number
}

type TrafficSourcesTable = {
  id: string
  workspace: string
  name: string
  external_id_param: string
  external_id_macro: string
  cost_param: string
  cost_macro: string
  currency: string
  tokens_json: string
  /** Name of the template it was made from; '' for none. */
  template: string
  /** IANA name: where the source's own days begin; '' for the workspace's. */
  time_zone: string
  traffic_loss_percent: number
  created_at: number
  updated_at: number
  archived_at: number | null
}

type AffiliateNetworksTable = {
  id: string
  workspace: string
  name: string
  /** Query parameter appended to offer URLs with the click id; '' for none. */
  click_id_param: string
  /** Secret that its hits must carry in `token`; '' for none. */
  token: string
  /** HMAC-SHA256 secret of `sig`; '' for unsigned. */
  signing_secret: string
  /** Addresses and CIDR ranges hits may come from; empty for any. */
  ip_allowlist_json: string
  /** Domains a pixel's referrer may have; empty for any. */
  referrer_allowlist_json: string
  status_map_json: string
  duplicate_policy: DuplicatePolicy
  /** Event → DuplicatePolicy, where it differs. */
  event_policies_json: string
  template: string
  currency: string
  click_to_conversion_min_ms: number
  /** 0 for no maximum. */
  click_to_conversion_max_ms: number
  created_at: number
  updated_at: number
  archived_at: number | null
}

type OffersTable = {
  id: string
  workspace: string
  name: string
  affiliate_network_id: string
  /** '' when the offer is a campaign. */
  url: string
  /** The campaign that visitors go on through; '' for an offer with a URL. */
  campaign_id: string
  /** Amount per conversion: of those that name none, or of all (payout_mode); null: it comes with the hit. */
  payout_micros: number | null
  payout_mode: PayoutMode
  currency: string
  default_event: string
  /** Known events; empty for any. */
  events_json: string
  /** Conversions per day of cap_time_zone; null for no cap. */
  daily_cap: number | null
  monthly_cap: number | null
  total_cap: number | null
  /** IANA name. */
  cap_time_zone: string
  fallback_offer_id: string
  countries_json: string
  tags_json: string
  legacy_ids_json: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

type LandersTable = {
  id: string
  workspace: string
  name: string
  url: string
  cta_count: number
  /** Secret of {lander.key}; '' for an unprotected lander. */
  protection_secret: string
  protection_minutes: number
  tags_json: string
  legacy_ids_json: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

/** A flow that campaigns share. */
type FlowsTable = {
  id: string
  workspace: string
  name: string
  rules_json: string
  paths_json: string
  sticky: Sticky
  /** Optimization, or 'null'. */
  optimization_json: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

type CampaignsTable = {
  id: string
  workspace: string
  slug: string
  name: string
  status: 'active' | 'paused'
  traffic_source_id: string
  redirect_mode: RedirectMode
  cost_model_json: string
  fallback_url: string
  /** A shared flow; '' when the four columns below are its own. */
  flow_id: string
  rules_json: string
  paths_json: string
  sticky: Sticky
  optimization_json: string
  /** 0 for the workspace's. */
  unique_hours: number
  /** The host of its link; '' for the installation's. */
  domain_id: string
  tags_json: string
  legacy_ids_json: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

/** A host name that visitors use; `name` is the host, lower case. */
type DomainsTable = {
  id: string
  workspace: string
  name: string
  default_campaign_id: string
  fallback_url: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

/** What conversions of the event `name` count as. */
type EventsTable = {
  id: string
  workspace: string
  name: string
  counts_conversion: number
  counts_revenue: number
  counts_cost: number
  created_at: number
  updated_at: number
  archived_at: number | null
}

type NotificationTargetsTable = {
  id: string
  workspace: string
  owner_type: NotificationTarget['ownerType']
  owner_id: string
  type: NotificationTarget['type']
  method: NotificationTarget['method']
  url: string
  body_template: string
  content_type: string
  secret: string
  events_json: string
  statuses_json: string
  only_first: number
  only_with_payout: number
  delay_seconds: number
  percent: number
  status: NotificationTarget['status']
  disabled_reason: string
  created_at: number
  updated_at: number
}

/** Units of the currency for one US dollar. */
type CurrencyRatesTable = { currency: string; rate_micros: number; updated_at: number }

/** One row, id 1: grows with every change that an edge must see. */
type ConfigVersionTable = { id: number; version: number }

type HitsTable = {
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
  ip: string
  /** The whole Hit as received. */
  request_json: string
  /** The HitSteps of a test hit; '' for others. */
  steps_json: string
  /** When an unmatched hit is judged again by itself; null when never. */
  rematch_at: number | null
}

type ConversionsTable = {
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
  /** n of its newest row in conversion_history. */
  transitions: number
  created_at: number
  updated_at: number
}

/** Transition n of a conversion; 1 is its creation. */
type ConversionHistoryTable = {
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
  reason: string
}

/** Conversions counted against a cap; key is e.g. 'offer:ID', period e.g. '2026-11-22'. */
type CapCountersTable = { key: string; period: string; count: number }

type DeliveriesTable = {
  id: string
  workspace: string
  conversion_id: string
  /** conversion_history.n that caused it; unique with conversion and target. */
  transition: number
  target_id: string
  click_id: string
  type: string
  method: string
  url: string
  body: string
  content_type: string
  secret: string
  state: DeliveryState
  /** Why skipped, dead or cancelled. */
  reason: string
  due_at: number
  /** Null, or the worker that sends it now and until when. */
  lease_owner: string | null
  lease_until: number | null
  attempts: number
  /** Attempts made before the last replay: the retry schedule starts anew after them. */
  attempts_before: number
  created_at: number
  updated_at: number
}

type DeliveryAttemptsTable = {
  delivery_id: string
  n: number
  workspace: string
  started_at: number
  duration_ms: number
  /** What was sent: {method, url, headers, body}. */
  request_json: string
  /** Null when no answer came. */
  response_status: number | null
  response_headers_json: string
  /** First 4 kB. */
  response_body: string
  /** '' or a code: timeout, refused_address, dns, connect, tls, protocol, too_many_redirects. */
  error: string
}

/** Ledger rows waiting for the ledger; a row leaves when its batch is in. */
type LedgerOutboxTable = {
  seq: Generated<number>
  /** A LedgerRow. */
  row_json: string
  /** Set before the batch is inserted: the exact rows of a repeat, and its deduplication token. */
  batch: string | null
}

/** A journal batch is recorded here before its insert; one at most per edge is open. */
type LedgerBatchesTable = {
  edge: string
  from_segment: number
  from_offset: number
  to_segment: number
  to_offset: number
  token: string
}

/** Everything before (segment, offset) of the edge's journal is done by this consumer. */
type JournalCheckpointsTable = { edge: string; consumer: string; segment: number; offset: number }

type ApiKeysTable = {
  id: string
  workspace: string
  name: string
  role: string
  /** SHA-256 of the key, hex. The key itself is shown once. */
  key_hash: string
  /** First characters, to tell keys apart. */
  prefix: string
  created_at: number
  last_used_at: number | null
  revoked_at: number | null
}

type AuditLogTable = {
  id: string
  workspace: string
  at: number
  actor: string
  action: string
  subject_type: string
  subject_id: string
  detail_json: string
}

/** New values for a visit: conversions see them at once, the ledger by correcting rows soon after. */
type VisitUpdatesTable = {
  /** The hit's id, or the job's and the click id's: applying is idempotent by it. */
  id: string
  workspace: string
  click_id: string
  at: number
  /** VisitChange. */
  change_json: string
  /** When its correcting rows were written; null while it waits. */
  applied_at: number | null
}

/** Sum of a visit's named number: what "set to" is turned into a difference by. */
type VisitNumbersTable = { workspace: string; click_id: string; name: string; value_micros: number }

/** Work that takes long: it is done in steps, survives a restart, and shows its progress. */
type JobsTable = {
  id: string
  workspace: string
  /** 'conversion_upload', 'fraud_rerun'… */
  kind: string
  state: JobState
  total: number
  done: number
  failed: number
  params_json: string
  /** Where to go on after a restart. */
  cursor_json: string
  result_json: string
  /** `user:ID` or `key:ID`. */
  actor: string
  reason: string
  created_at: number
  updated_at: number
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

type ConversionUploadsTable = {
  id: string
  workspace: string
  name: string
  state: 'preview' | 'applied'
  /** '' until it is applied. */
  job_id: string
  actor: string
  created_at: number
  updated_at: number
}

type UploadRowsTable = {
  upload_id: string
  /** Line of the file, from 1. */
  line: number
  /** '' for a good row. */
  problem: string
  /** Parameters under our names. */
  params_json: string
  /** HitOutcome; '' until it is applied. */
  outcome: HitOutcome | ''
  reason: string
}

type CostCorrectionsTable = {
  id: string
  workspace: string
  /** Chosen by the sender; unique in the workspace: the same correction sent twice is applied once. */
  key: string
  request_json: string
  /** What it added, in the workspace's currency. */
  amount_micros: number
  rows: number
  actor: string
  created_at: number
}

/** Weights that Thompson sampling has set; they go before those of the flow while it is optimised. */
type OptimizedWeightsTable = {
  workspace: string
  /** A shared flow's or a campaign's id. */
  owner_id: string
  /** The path whose landers or offers they are; the rule's id or '' for paths. */
  scope_id: string
  /** Path, lander or offer. */
  arm_id: string
  weight: number
  probability_best: number
  updated_at: number
}
