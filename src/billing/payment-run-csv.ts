import { csvRow, csvText } from '../domain/csv-row.ts'
import { formatMicros } from '../domain/money.ts'
import { affiliatesByIds } from '../store/affiliates.ts'
import { listInvoices } from '../store/invoices.ts'
import type { PaymentRun } from '../store/payment-runs.ts'
import { loadThingNames } from '../store/thing-names.ts'
import type { Db } from '../store/transaction.ts'
import { BILLING_LIMITS } from './billing-limits.ts'

/** Whom a line is about, and how it is paid. */
type Payee = { readonly name: string; readonly method: string; readonly details: string }

/**
 * The invoices of a payment run as CSV (RFC 4180), with what somebody needs who pays them by hand: whom, how, where to
 * and how much. Amounts are plain decimals; method and details are the affiliate's own, as they are now.
 */
export async function writePaymentRunCsv(db: Db, run: PaymentRun): Promise<string> {
  const { id: paymentRunId, workspace, side, method } = run
  const page = { limit: BILLING_LIMITS.invoicesPerPaymentMax }
  const { items } = await listInvoices(db, workspace, { side, paymentRunId }, page)
  const payees = await loadPayees(
    db,
    run,
    items.map(({ partyId }) => partyId),
  )
  const lines = items.map(({ partyId, number, currency, totalMicros }) => {
    const payee = payees.get(partyId) ?? { name: '', method, details: '' }
    const whom = [partyId, payee.name, payee.method, payee.details].map(csvText)
    return csvRow([...whom, currency, formatMicros(totalMicros), String(number), csvText(run.reference)])
  })
  const head = [`${side}_id`, side, 'method', 'details', 'currency', 'amount', 'invoice', 'reference']
  return [csvRow(head), ...lines].join('')
}

/** An affiliate that has told no method of its own is paid by that of the run; so does every advertiser pay. */
async function loadPayees(
  db: Db,
  { workspace, side, method }: PaymentRun,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Payee>> {
  if (side === 'advertiser') {
    const { advertisers = new Map() } = await loadThingNames(db, workspace, { advertisers: ids })
    return new Map([...advertisers].map(([id, name]) => [id, { name, method, details: '' }]))
  }
  const affiliates = await affiliatesByIds(db, workspace, ids)
  return new Map(
    [...affiliates].map(([id, { name, payment }]) => [
      id,
      { name, method: payment.method || method, details: payment.details },
    ]),
  )
}
