import type { Generated } from 'kysely'
import type { DuplicatePolicy, PayoutMode } from '../domain/conversion-types.ts'
import type { Sticky } from '../domain/flow.ts'
import type { RedirectMode } from '../domain/snapshot.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { CustomMetricsTable, ReportViewsTable } from './schema-dashboard.ts'
import type {
  AdvertisersTable,
  AffiliateOffersTable,
  AffiliatesTable,
  AffiliateUsersTable,
  BalanceAdjustmentsTable,
  CouponsTable,
  InvoiceLinesTable,
  InvoicesTable,
  PaymentRunsTable,
  ReconciliationRowsTable,
  ReconciliationsTable,
  UsedSignaturesTable,
} from './schema-network.ts'
import type {
  CapCountersTable,
  ConversionHistoryTable,
  ConversionsTable,
  HitsTable,
} from './schema-records.ts'
import type {
  AlertsTable,
  ConversionUploadsTable,
  CostCorrectionRowsTable,
  CostCorrectionsTable,
  DeliveriesTable,
  DeliveryAttemptsTable,
  DeliveryWorkersTable,
  ErasuresTable,
  JobsTable,
  JournalCheckpointsTable,
  LedgerBatchesTable,
  LedgerOutboxTable,
  OptimizedWeightsTable,
  TargetHealthTable,
  UploadRowsTable,
  VisitNumbersTable,
  VisitUpdatesTable,
  WorkCursorsTable,
} from './schema-work.ts'

/**
 * The SQL tables, one text for SQLite and PostgreSQL. Conventions: ids are text; every `*_at` is Unix
 * milliseconds; every `*_micros` an integer; flags are 0 or 1; `*_json` columns hold JSON text; '' means none
 * where a value is optional text, null where absence differs from empty. Generated: the database has its default.
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
  cost_correction_rows: CostCorrectionRowsTable
  optimized_weights: OptimizedWeightsTable
  advertisers: AdvertisersTable
  affiliates: AffiliatesTable
  affiliate_users: AffiliateUsersTable
  affiliate_offers: AffiliateOffersTable
  coupons: CouponsTable
  used_signatures: UsedSignaturesTable
  invoices: InvoicesTable
  invoice_lines: InvoiceLinesTable
  balance_adjustments: BalanceAdjustmentsTable
  payment_runs: PaymentRunsTable
  reconciliations: ReconciliationsTable
  reconciliation_rows: ReconciliationRowsTable
  target_health: TargetHealthTable
  delivery_workers: DeliveryWorkersTable
  alerts: AlertsTable
  erasures: ErasuresTable
  work_cursors: WorkCursorsTable
  report_views: ReportViewsTable
  custom_metrics: CustomMetricsTable
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
  /** NetworkSettings; what is absent has its default. */
  network_json: string
  /** AlertSettings and RetentionSettings; what is absent has its default. */
  alerts_json: Generated<string>
  retention_json: Generated<string>
  /** 1 or 0. */
  require_two_factor: Generated<number>
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
  /** '' for an offer of an affiliate network. */
  advertiser_id: string
  /** OfferTerms of an advertiser's offer, else 'null'. */
  terms_json: string
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
  /** An affiliate's: '' for all offers. */
  offer_id: string
  type: NotificationTarget['type']
  method: NotificationTarget['method']
  url: string
  body_template: string
  content_type: string
  system: NotificationTarget['system']
  settings_json: string
  sealed_secrets: string
  events_json: string
  statuses_json: string
  only_first: number
  only_with_payout: number
  delay_seconds: number
  percent: number
  max_per_minute: number
  max_concurrent: number
  expire_hours: number
  status: NotificationTarget['status']
  disabled_reason: string
  /** Raw HTML or script, in place of a URL. */
  code: string
  moderation: NotificationTarget['moderation']
  moderation_reason: string
  created_at: number
  updated_at: number
}

/** Units of the currency for one US dollar. */
type CurrencyRatesTable = { currency: string; rate_micros: number; updated_at: number }

/** One row, id 1: grows with every change that an edge must see. */
type ConfigVersionTable = { id: number; version: number }

type ApiKeysTable = {
  id: string
  workspace: string
  name: string
  role: string
  /** Whose portal it opens; '' for a key of the network's own people. */
  affiliate_id: Generated<string>
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
