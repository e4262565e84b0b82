import type { BillingAddress } from './affiliate.ts'

/** affiliate: what the workspace owes, by payouts. advertiser: what is owed to it, by revenue. Never both in one. */
export const BILLING_SIDES = ['affiliate', 'advertiser'] as const
export type BillingSide = (typeof BILLING_SIDES)[number]

export const INVOICE_STATES = ['draft', 'final', 'paid', 'void'] as const
export type InvoiceState = (typeof INVOICE_STATES)[number]

/** What an affiliate sees of its own: a draft may still change, and a void one never was. */
export const SHOWN_INVOICE_STATES = ['final', 'paid'] as const satisfies readonly InvoiceState[]

/** What a line is about. */
export const LINE_KINDS = ['conversion', 'clicks', 'referral', 'adjustment'] as const
export type LineKind = (typeof LINE_KINDS)[number]

export type BillingLine = {
  readonly kind: LineKind
  /** '' unless it is a conversion's. */
  readonly conversionId: string
  /** Offer of a conversion or of clicks, invoice of a referred affiliate, or adjustment. */
  readonly subjectId: string
  /** Lines of one kind, subject and description are one line of the printed invoice. */
  readonly description: string
  /** Conversions or clicks; −1 for a conversion that was taken back. */
  readonly quantity: number
  /** In the workspace's currency. */
  readonly amountMicros: number
}

/** Who an invoice is from and to, by the roles of the paper: the affiliate's is issued by the affiliate. */
export type InvoiceParty = BillingAddress & { readonly name: string; readonly email: string }

/** As they were when the invoice became final. */
export type InvoiceParties = {
  /** Who is paid. */
  readonly issuer: InvoiceParty
  /** Who pays. */
  readonly payer: InvoiceParty
}
