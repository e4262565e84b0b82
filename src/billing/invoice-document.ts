import type { InvoiceParties } from '../domain/billing-types.ts'
import { groupInvoiceLines, type LineGroup } from '../store/invoice-lines.ts'
import type { Invoice } from '../store/invoices.ts'
import { getPaymentRun, type PaymentRun } from '../store/payment-runs.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { BILLING_LIMITS } from './billing-limits.ts'
import { loadParties } from './change-invoice.ts'

/** What is printed of an invoice. */
export type InvoiceDocument = {
  readonly invoice: Invoice
  readonly parties: InvoiceParties
  readonly groups: readonly LineGroup[]
  /** There are more groups: the file of lines has them. */
  readonly isCut: boolean
  /** Null until it is paid. */
  readonly payment: Pick<PaymentRun, 'method' | 'reference' | 'paidAt'> | null
  /** IANA name: of the dates. */
  readonly timeZone: string
}

export async function loadInvoiceDocument(db: Db, invoice: Invoice): Promise<InvoiceDocument> {
  const max = BILLING_LIMITS.printedGroupsMax
  const groups = await groupInvoiceLines(db, invoice.id, max + 1)
  const { workspace, paymentRunId } = invoice
  const run = paymentRunId === '' ? undefined : await getPaymentRun(db, { workspace, id: paymentRunId })
  return {
    invoice,
    parties: await loadParties(db, invoice),
    groups: groups.slice(0, max),
    isCut: groups.length > max,
    payment: run ?? null,
    timeZone: (await getWorkspace(db, workspace))?.timeZone ?? 'UTC',
  }
}
