/** What one piece of billing may take. */
export const BILLING_LIMITS = {
  /** Conversions on one invoice; the rest is on the next one, which a run makes at once. */
  conversionsPerInvoiceMax: 20_000,
  /** Parties of one step of a run: their balances are read together. */
  partiesPerStep: 200,
  /** Waited for rows of the ledger that are on their way. */
  catchUpWaitMs: 20_000,
  /** Groups that are printed; the file of lines has them all. */
  printedGroupsMax: 500,
  /** Lines of a file that are read at once. */
  linesPerRead: 1_000,
  /** Invoices of one payment run. */
  invoicesPerPaymentMax: 500,
} as const
