import type { AffiliateStatus, ApplicationState } from '../domain/affiliate.ts'
import type { BillingSide, InvoiceState, LineKind } from '../domain/billing-types.ts'
import type { DuplicatePolicy } from '../domain/conversion-types.ts'

/** The tables of the network's side: advertisers, affiliates, and the money between them. Conventions as in schema.ts. */

export type AdvertisersTable = {
  id: string
  workspace: string
  name: string
  status: 'active' | 'paused'
  email: string
  /** BillingAddress. */
  billing_json: string
  /** Query parameter appended to offer URLs with the click id; '' for none. */
  click_id_param: string
  /** Secret that its hits must carry; '' while none is enforced. */
  token: string
  /** A new secret that is accepted already, and not asked for yet; '' for none. */
  next_token: string
  signing_secret: string
  ip_allowlist_json: string
  referrer_allowlist_json: string
  status_map_json: string
  duplicate_policy: DuplicatePolicy
  event_policies_json: string
  currency: string
  tags_json: string
  note: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

export type AffiliatesTable = {
  id: string
  workspace: string
  name: string
  status: AffiliateStatus
  status_reason: string
  email: string
  /** The member of the workspace who looks after it; '' for none. */
  manager_id: string
  /** The affiliate that brought it; '' for none. */
  referrer_id: string
  /** Share of its payouts that the referrer earns, percent. */
  referral_percent: number
  tier: string
  tags_json: string
  blocked_sources_json: string
  /** AffiliatePayment. */
  payment_json: string
  /** BillingAddress. */
  billing_json: string
  /** For the network's own people. */
  note: string
  legacy_ids_json: string
  accepted_terms_at: number | null
  created_at: number
  updated_at: number
  archived_at: number | null
}

/** Who signs in for an affiliate. */
export type AffiliateUsersTable = {
  user_id: string
  workspace: string
  affiliate_id: string
  created_at: number
}

/** Where one affiliate stands with one offer. */
export type AffiliateOffersTable = {
  offer_id: string
  affiliate_id: string
  workspace: string
  state: ApplicationState
  /** What the affiliate wrote, and why it was refused. */
  message: string
  reason: string
  /** When it accepted the offer's agreement; null when it has not. */
  accepted_at: number | null
  /** CustomPayouts. */
  payouts_json: string
  /** AffiliateCaps of its own, or 'null' for the offer's. */
  caps_json: string
  created_at: number
  updated_at: number
  /** Configuration version of its last change: whoever keeps these rows in memory reads those that are newer. */
  version: number
}

/** A coupon code that earns an affiliate its conversions; `name` is the code. */
export type CouponsTable = {
  id: string
  workspace: string
  name: string
  affiliate_id: string
  offer_id: string
  created_at: number
  updated_at: number
  archived_at: number | null
}

/** Signatures seen within their tolerance: a signed hit counts once. */
export type UsedSignaturesTable = { sender_id: string; sig: string; hit_id: string; at: number }

/** A payout to an affiliate, or a bill to an advertiser. */
export type InvoicesTable = {
  id: string
  workspace: string
  /** Counted up in the workspace, from 1. */
  number: number
  side: BillingSide
  /** Affiliate or advertiser. */
  party_id: string
  /** Of what it covers; the end is exclusive. */
  period_from: number
  period_to: number
  currency: string
  total_micros: number
  state: InvoiceState
  /** '' until it is paid by one. */
  payment_run_id: string
  /** InvoiceParties as they were when it became final; 'null' before. */
  parties_json: string
  /** When it became final; null before. */
  issued_at: number | null
  /** Of an affiliate's, since it is final: who brought the affiliate, and what that earns; '' and 0 for nobody. */
  referrer_id: string
  referral_micros: number
  /** Why it is void. */
  note: string
  actor: string
  created_at: number
  updated_at: number
}

export type InvoiceLinesTable = {
  invoice_id: string
  n: number
  workspace: string
  kind: LineKind
  /** '' unless it is a conversion's. */
  conversion_id: string
  /** Offer, invoice of a referred affiliate, or adjustment; with `kind` what the line is about. */
  subject_id: string
  description: string
  /** Conversions or clicks; −1 for a conversion that was taken back. */
  quantity: number
  amount_micros: number
}

/** An amount that a person adds to, or takes from, a party's balance. */
export type BalanceAdjustmentsTable = {
  id: string
  workspace: string
  side: BillingSide
  party_id: string
  amount_micros: number
  reason: string
  actor: string
  created_at: number
}

/** Invoices of one side that were paid together. */
export type PaymentRunsTable = {
  id: string
  workspace: string
  side: BillingSide
  method: string
  /** Of the bank or payment service. */
  reference: string
  total_micros: number
  currency: string
  state: 'paid' | 'cancelled'
  paid_at: number
  actor: string
  created_at: number
  updated_at: number
}

/** An advertiser's own list of conversions beside ours. */
export type ReconciliationsTable = {
  id: string
  workspace: string
  advertiser_id: string
  name: string
  period_from: number
  period_to: number
  state: 'preview' | 'applied'
  job_id: string
  /** Counts by kind, and the sums of both sides. */
  summary_json: string
  actor: string
  created_at: number
  updated_at: number
}

export type ReconciliationRowsTable = {
  reconciliation_id: string
  n: number
  kind: ReconciliationKind
  /** '' for unknown ones. */
  conversion_id: string
  /** What the advertiser's line said; '{}' for missing ones. */
  params_json: string
  detail: string
  /** HitOutcome or 'changed'; '' until it is applied. */
  outcome: string
}

/** found: as ours. different: another amount or status. missing: ours, not theirs. unknown: theirs, not ours. */
export type ReconciliationKind = 'found' | 'different' | 'missing' | 'unknown' | 'problem'
