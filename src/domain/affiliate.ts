import type { OfferVisibility, Price } from './offer-terms.ts'

/** pending: signed up, and waits for approval. Only an active one's links work and earn. */
export const AFFILIATE_STATUSES = ['pending', 'active', 'paused', 'rejected', 'closed'] as const
export type AffiliateStatus = (typeof AFFILIATE_STATUSES)[number]

export const PAYOUT_PERIODS = ['weekly', 'biweekly', 'monthly'] as const
export type PayoutPeriod = (typeof PAYOUT_PERIODS)[number]

/** How an affiliate is paid; what is null is as the workspace has it. */
export type AffiliatePayment = {
  /** e.g. 'wire', 'paypal'. */
  readonly method: string
  /** Account and whatever the method needs; for people. */
  readonly details: string
  /** Least amount of an invoice, in the workspace's currency. */
  readonly minimumMicros: number | null
  readonly period: PayoutPeriod | null
}

/** Whom an invoice names. */
export type BillingAddress = { readonly company: string; readonly address: string; readonly taxId: string }

/** Where one affiliate stands with one offer; without one it has not asked. */
export const APPLICATION_STATES = ['pending', 'approved', 'rejected', 'blocked'] as const
export type ApplicationState = (typeof APPLICATION_STATES)[number]

/** Payouts that one affiliate has at one offer, by event; '' is the default event. */
export type CustomPayouts = Readonly<Record<string, Price>>

/** The workspace's side as a network. */
export type NetworkSettings = {
  /** Who may sign up as an affiliate; with `approved` a new one is active at once. */
  readonly signUp: 'closed' | 'on approval' | 'approved'
  /** What an affiliate accepts when it signs up; '' for nothing. */
  readonly agreement: string
  /** New postbacks, and new image pixels, of affiliates need no moderation. */
  readonly autoApprovePostbacks: boolean
  readonly autoApproveImages: boolean
  /** Days until an approved conversion is payable. */
  readonly holdDays: number
  readonly minimumPayoutMicros: number
  readonly payoutPeriod: PayoutPeriod
  /** Whose name stands on invoices. */
  readonly billing: BillingAddress
}

export const NO_BILLING: BillingAddress = { company: '', address: '', taxId: '' }
export const DEFAULT_NETWORK_SETTINGS: NetworkSettings = {
  signUp: 'closed',
  agreement: '',
  autoApprovePostbacks: true,
  autoApproveImages: false,
  holdDays: 0,
  minimumPayoutMicros: 50_000_000,
  payoutPeriod: 'monthly',
  billing: NO_BILLING,
}

/**
 * Whether an active affiliate may run an offer. A public offer is open to everybody who was not refused, and who
 * accepted its agreement when it has one; any other to those who were let in.
 */
export function mayRun(of: {
  readonly visibility: OfferVisibility
  readonly hasAgreement: boolean
  /** Undefined when there is no application. */
  readonly application: { readonly state: ApplicationState; readonly hasAccepted: boolean } | undefined
}): boolean {
  const { visibility, hasAgreement, application } = of
  if (application !== undefined && application.state !== 'approved') return false
  if (hasAgreement && application?.hasAccepted !== true) return false
  return visibility === 'public' || application !== undefined
}
