import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { loadBalances } from '../billing/load-balances.ts'
import { SHOWN_INVOICE_STATES } from '../domain/billing-types.ts'
import { updateAffiliate } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import { listInvoiceLines } from '../store/invoice-lines.ts'
import { getInvoice, type Invoice, listInvoices } from '../store/invoices.ts'
import type { Db } from '../store/transaction.ts'
import { inTransaction } from '../store/transaction.ts'
import { billingField } from './affiliate-fields.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { portalBalanceSchema, toPortalBalanceView } from './balance-view.ts'
import { affiliateOf, callerOf } from './caller.ts'
import { sendInvoiceCsv, sendInvoicePdf } from './invoice-files.ts'
import {
  linesQuery,
  portalInvoiceSchema,
  portalInvoiceWithLinesSchema,
  toLinesPage,
  toPortalInvoiceView,
} from './invoice-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import { notFound } from './problem.ts'

const TAGS = ['portal']
const INVOICES = '/api/v1/portal/invoices'
const METHOD_CHARS_MAX = 40
const DETAILS_CHARS_MAX = 2_000

const paymentFields = {
  method: z.string().trim().max(METHOD_CHARS_MAX).describe("e.g. 'wire', 'paypal'"),
  details: z.string().trim().max(DETAILS_CHARS_MAX).describe('Account, and what the method needs'),
  billing: billingField,
}
export const paymentSchema = z.object(paymentFields).meta({ id: 'PortalPayment' })
const paymentBody = z.strictObject(paymentFields).partial()

/** An affiliate's own money: payouts alone, and of invoices those that are final or paid. */
export function portalMoneyRoutes(app: ApiApp, deps: ApiDeps): void {
  balanceRoute(app, deps)
  invoiceRoutes(app, deps)
  fileRoutes(app, deps)
  paymentRoute(app, deps)
}

function balanceRoute(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/portal/balance', {
    schema: { tags: TAGS, summary: 'Your balance', response: { 200: portalBalanceSchema } },
    handler: async (request) => {
      const user = await portalUser(deps.store.db, request)
      const { workspace, affiliateId } = user
      const parties = { workspace, side: 'affiliate', partyIds: [affiliateId] } as const
      const balances = await loadBalances(deps.billing, parties)
      return toPortalBalanceView(balances.get(affiliateId), user, deps.clock())
    },
  })
}

function invoiceRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(INVOICES, {
    schema: {
      tags: TAGS,
      summary: 'List: your invoices',
      querystring: pageQuery,
      response: { 200: pageOf(portalInvoiceSchema) },
    },
    handler: async (request) => {
      const { workspace, affiliateId } = affiliateOf(request)
      const filter = { side: 'affiliate', partyId: affiliateId, states: SHOWN_INVOICE_STATES } as const
      const page = await listInvoices(db, workspace, filter, request.query)
      return { items: page.items.map(toPortalInvoiceView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${INVOICES}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One of your invoices with a page of its lines',
      params: idParams,
      querystring: linesQuery,
      response: { 200: portalInvoiceWithLinesSchema },
    },
    handler: async (request) => {
      const invoice = await ownInvoice(db, request, request.params.id)
      const { afterLine, limit } = request.query
      const lines = await listInvoiceLines(db, invoice.id, { after: afterLine, max: limit + 1 })
      return { ...toPortalInvoiceView(invoice), ...toLinesPage(lines, limit) }
    },
  })
}

function fileRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(`${INVOICES}/:id/pdf`, {
    schema: {
      tags: TAGS,
      summary: 'One of your invoices as PDF',
      params: idParams,
      produces: ['application/pdf'],
    },
    handler: async (request, reply) =>
      await sendInvoicePdf(db, await ownInvoice(db, request, request.params.id), reply),
  })
  app.get(`${INVOICES}/:id/csv`, {
    schema: {
      tags: TAGS,
      summary: 'All lines of one of your invoices, as CSV',
      params: idParams,
      produces: ['text/csv'],
    },
    handler: async (request, reply) =>
      await sendInvoiceCsv(db, await ownInvoice(db, request, request.params.id), reply),
  })
}

function paymentRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch('/api/v1/portal/payment', {
    schema: {
      tags: TAGS,
      summary: 'Change how you are paid, and whom invoices name',
      body: paymentBody,
      response: { 200: paymentSchema },
    },
    handler: async (request) => {
      const { actor } = callerOf(request)
      const { method, details, billing } = request.body
      return await inTransaction(deps.store.db, async (db) => {
        const { workspace, affiliateId: id, affiliate } = await portalUser(db, request)
        const payment = {
          ...affiliate.payment,
          ...(method !== undefined && { method }),
          ...(details !== undefined && { details }),
        }
        const changes = { payment, billing: billing ?? affiliate.billing }
        const now = deps.clock()
        await updateAffiliate(db, { workspace, id }, changes, now)
        const subject = { subjectType: 'affiliate', subjectId: id }
        const entry = { workspace, at: now, actor, action: 'affiliate.change_payment', ...subject }
        await appendAudit(db, { ...entry, detail: { fields: Object.keys(request.body) } })
        return { method: payment.method, details: payment.details, billing: changes.billing }
      })
    },
  })
}

/** @throws Problem 404 for another's, and for one that is no affiliate's to see */
async function ownInvoice(db: Db, request: FastifyRequest, id: string): Promise<Invoice> {
  const { workspace, affiliateId } = affiliateOf(request)
  const invoice = await getInvoice(db, { workspace, id })
  const isOwn = invoice?.side === 'affiliate' && invoice.partyId === affiliateId
  if (!isOwn || !SHOWN_INVOICE_STATES.some((state) => state === invoice.state)) {
    throw notFound('invoice', id)
  }
  return invoice
}
