import { z } from 'zod'
import { BILLING_LIMITS } from '../billing/billing-limits.ts'
import { cancelPayment, type PaymentProblem, payInvoices } from '../billing/pay-invoices.ts'
import { writePaymentRunCsv } from '../billing/payment-run-csv.ts'
import { formatMicros } from '../domain/money.ts'
import { getPaymentRun, listPaymentRuns, type PaymentRun } from '../store/payment-runs.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { sideField } from './invoice-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound } from './problem.ts'

const TAGS = ['payment runs']
const PATH = '/api/v1/payment-runs'
const METHOD_CHARS_MAX = 40
const REFERENCE_CHARS_MAX = 200

const runSchema = z
  .object({
    id: z.string(),
    side: sideField,
    method: z.string(),
    reference: z.string(),
    total: z.string(),
    currency: z.string(),
    state: z.enum(['paid', 'cancelled']),
    paidAt: timeField,
    actor: z.string(),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'PaymentRun' })

const createBody = z.strictObject({
  method: z.string().trim().min(1).max(METHOD_CHARS_MAX).describe("e.g. 'wire', 'paypal'"),
  reference: z.string().trim().max(REFERENCE_CHARS_MAX).describe('Of the bank or payment service'),
  invoiceIds: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(BILLING_LIMITS.invoicesPerPaymentMax)
    .describe('Final invoices of one side'),
  paidAt: timeField.optional().describe('Now unless told'),
})

const PROBLEMS: Readonly<Record<PaymentProblem, string>> = {
  unknown: 'there is no such invoice',
  not_final: 'is not final: only final invoices are paid',
  other_side: 'is of the other side: a run pays affiliates, or is paid by advertisers',
}

/** Money that went: which invoices, by what, under which reference. */
export function paymentRunRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: payment runs',
      querystring: pageQuery,
      response: { 200: pageOf(runSchema) },
    },
    handler: async (request) => {
      const page = await listPaymentRuns(db, workspaceOf(request), request.query)
      return { items: page.items.map(toRunView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One payment run; its invoices are listed by /invoices?paymentRun=',
      params: idParams,
      response: { 200: runSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const run = await getPaymentRun(db, { workspace: workspaceOf(request), id })
      if (run === undefined) throw notFound('payment run', id)
      return toRunView(run)
    },
  })
  exportRoute(app, deps)
  writeRoutes(app, deps)
}

function exportRoute(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(`${PATH}/:id/csv`, {
    schema: {
      tags: TAGS,
      summary: 'The invoices of a payment run with whom to pay, how and how much, as CSV',
      params: idParams,
      produces: ['text/csv'],
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const run = await getPaymentRun(db, { workspace: workspaceOf(request), id })
      if (run === undefined) throw notFound('payment run', id)
      return await reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="payment-run-${id}.csv"`)
        .header('cache-control', 'no-store')
        .send(await writePaymentRunCsv(db, run))
    },
  })
}

function writeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Record that final invoices were paid: all of them, or none',
      body: createBody,
      response: { 201: runSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { paidAt, ...payment } = request.body
      const at = paidAt === undefined ? deps.clock() : Date.parse(paidAt)
      const paid = await payInvoices(deps.billing, { ...payment, workspace, actor, paidAt: at })
      if (!paid.ok) {
        const field = `invoiceIds.${payment.invoiceIds.indexOf(paid.invoiceId)}`
        throw invalidFields([{ field, message: PROBLEMS[paid.problem] }])
      }
      return await reply.code(201).send(toRunView(paid.run))
    },
  })
  app.post(`${PATH}/:id/cancel`, {
    schema: {
      tags: TAGS,
      summary: 'Take a payment back: its invoices are final again',
      params: idParams,
      response: { 200: runSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const cancelled = await cancelPayment(deps.billing, { workspace, id }, actor)
      if (cancelled === undefined) throw notFound('payment run', id)
      return toRunView(cancelled)
    },
  })
}

function toRunView(run: PaymentRun): z.input<typeof runSchema> {
  const { workspace: _, totalMicros, paidAt, createdAt, updatedAt, ...shown } = run
  const times = { paidAt: toTime(paidAt), createdAt: toTime(createdAt), updatedAt: toTime(updatedAt) }
  return { ...shown, total: formatMicros(totalMicros), ...times }
}
