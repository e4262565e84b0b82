import { sum } from '../domain/sum.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getInvoice, type Invoice, listInvoices, moveInvoice } from '../store/invoices.ts'
import type { OwnedId } from '../store/owned.ts'
import {
  cancelPaymentRun,
  getPaymentRun,
  insertPaymentRun,
  newPaymentRunId,
  type PaymentRun,
} from '../store/payment-runs.ts'
import type { Db } from '../store/transaction.ts'
import type { BillingDeps } from './billing-deps.ts'
import { BILLING_LIMITS } from './billing-limits.ts'

type Deps = Pick<BillingDeps, 'store' | 'clock'>

export type Payment = {
  readonly workspace: string
  readonly actor: string
  readonly method: string
  readonly reference: string
  /** Each once; at most BILLING_LIMITS.invoicesPerPaymentMax. */
  readonly invoiceIds: readonly string[]
  /** Unix milliseconds. */
  readonly paidAt: number
}

export type PaymentResult =
  | { readonly ok: true; readonly run: PaymentRun }
  /** Nothing was recorded. */
  | { readonly ok: false; readonly invoiceId: string; readonly problem: PaymentProblem }
/** other_side: a run pays affiliates, or is paid by advertisers, and never both. */
export type PaymentProblem = 'unknown' | 'not_final' | 'other_side'

/** Records that final invoices were paid: all of them, or none. */
export async function payInvoices({ store, clock }: Deps, payment: Payment): Promise<PaymentResult> {
  const now = clock()
  const id = newPaymentRunId(now)
  try {
    return await store.db.transaction().execute(async (db) => {
      const paid: Invoice[] = []
      // In one order, so that two runs with common invoices do not wait for each other.
      for (const invoiceId of [...new Set(payment.invoiceIds)].sort()) {
        paid.push(
          await payOne(db, { workspace: payment.workspace, id: invoiceId }, { id, now, first: paid[0] }),
        )
      }
      const run = toRun(payment, paid, { id, now })
      await insertPaymentRun(db, run)
      await audit(db, run, { actor: payment.actor, at: now, deed: 'create' })
      return { ok: true, run }
    })
  } catch (error) {
    if (error instanceof NotPayable) return { ok: false, invoiceId: error.invoiceId, problem: error.problem }
    throw error
  }
}

/**
 * Takes a payment back: its invoices are final again. One that is cancelled stays so.
 * @returns undefined when the workspace has no such run
 */
export async function cancelPayment(
  { store, clock }: Deps,
  key: OwnedId,
  actor: string,
): Promise<PaymentRun | undefined> {
  return await store.db.transaction().execute(async (db) => {
    const now = clock()
    const isCancelled = await cancelPaymentRun(db, key, now)
    const run = await getPaymentRun(db, key)
    if (run === undefined || !isCancelled) return run
    for (const { id } of await invoicesOf(db, run)) {
      await moveInvoice(db, { workspace: key.workspace, id }, 'final', { now, paymentRunId: '' })
    }
    await audit(db, run, { actor, at: now, deed: 'cancel' })
    return run
  })
}

/** Ends the transaction: nothing is paid then. */
class NotPayable extends Error {
  readonly invoiceId: string
  readonly problem: PaymentProblem

  constructor(invoiceId: string, problem: PaymentProblem) {
    super(`invoice ${invoiceId}: ${problem}`)
    this.name = 'NotPayable'
    this.invoiceId = invoiceId
    this.problem = problem
  }
}

async function payOne(
  db: Db,
  key: OwnedId,
  run: { readonly id: string; readonly now: number; readonly first: Invoice | undefined },
): Promise<Invoice> {
  const invoice = await moveInvoice(db, key, 'paid', { now: run.now, paymentRunId: run.id })
  if (invoice === undefined) {
    const found = await getInvoice(db, key)
    throw new NotPayable(key.id, found === undefined ? 'unknown' : 'not_final')
  }
  if (run.first !== undefined && run.first.side !== invoice.side) throw new NotPayable(key.id, 'other_side')
  return invoice
}

function toRun(
  { workspace, method, reference, paidAt, actor }: Payment,
  paid: readonly Invoice[],
  { id, now }: { readonly id: string; readonly now: number },
): PaymentRun {
  const [first] = paid
  if (first === undefined) throw new RangeError('a payment run pays at least one invoice')
  return {
    id,
    workspace,
    side: first.side,
    method,
    reference,
    totalMicros: sum(paid.map(({ totalMicros }) => totalMicros)),
    currency: first.currency,
    state: 'paid',
    paidAt,
    actor,
    createdAt: now,
    updatedAt: now,
  }
}

async function invoicesOf(db: Db, { workspace, id }: PaymentRun): Promise<readonly Invoice[]> {
  const page = { limit: BILLING_LIMITS.invoicesPerPaymentMax }
  return (await listInvoices(db, workspace, { paymentRunId: id }, page)).items
}

async function audit(
  db: Db,
  { workspace, id, method, reference }: PaymentRun,
  { actor, at, deed }: { readonly actor: string; readonly at: number; readonly deed: 'create' | 'cancel' },
): Promise<void> {
  const subject = { subjectType: 'payment_run', subjectId: id }
  const entry = { workspace, at, actor, action: `payment_run.${deed}`, ...subject }
  await appendAudit(db, { ...entry, detail: { method, reference } })
}
