import { z } from 'zod'
import { BILLING_LIMITS } from '../billing/billing-limits.ts'
import { finalizeInvoice, type InvoiceChange, voidInvoice } from '../billing/change-invoice.ts'
import { createInvoice, type InvoiceRefusal } from '../billing/create-invoice.ts'
import { requestInvoiceRun } from '../billing/invoice-run.ts'
import { INVOICE_STATES } from '../domain/billing-types.ts'
import { groupInvoiceLines, listInvoiceLines } from '../store/invoice-lines.ts'
import { getInvoice, type Invoice, listInvoices } from '../store/invoices.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { timeField } from './fields.ts'
import {
  invoiceSchema,
  invoiceWithLinesSchema,
  linesQuery,
  sideField,
  toGroupsView,
  toInvoiceView,
  toLinesPage,
} from './invoice-view.ts'
import { jobSchema, toJobView } from './jobs.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound, Problem } from './problem.ts'

const TAGS = ['invoices']
const PATH = '/api/v1/invoices'
const REASON_CHARS_MAX = 500

const listQuery = pageQuery.extend({
  side: sideField.optional(),
  party: z.string().max(64).optional().describe('Id of an affiliate or advertiser'),
  state: z.enum(INVOICE_STATES).optional(),
  paymentRun: z.string().max(64).optional().describe('Id of the payment run that paid them'),
})

const createBody = z.strictObject({
  side: sideField,
  partyId: z.string().min(1).max(64),
  until: timeField.optional().describe('What is due before; now unless told'),
})

const runBody = z.strictObject({
  side: sideField,
  until: timeField
    .optional()
    .describe("What is due before, for all parties; unless told, until the end of each one's last period"),
})

const voidBody = z.strictObject({ reason: z.string().trim().min(1, 'say why').max(REASON_CHARS_MAX) })

/** Payouts to affiliates, and bills to advertisers. */
export function invoiceRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  createRoutes(app, deps)
  changeRoutes(app, deps)
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: invoices',
      querystring: listQuery,
      response: { 200: pageOf(invoiceSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, side, party, state, paymentRun } = request.query
      const states = state === undefined ? undefined : [state]
      const filter = { side, partyId: party, states, paymentRunId: paymentRun }
      const page = await listInvoices(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toInvoiceView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One invoice with a page of its lines',
      params: idParams,
      querystring: linesQuery,
      response: { 200: invoiceWithLinesSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const invoice = await getInvoice(db, { workspace: workspaceOf(request), id })
      if (invoice === undefined) throw notFound('invoice', id)
      const { afterLine, limit } = request.query
      const lines = await listInvoiceLines(db, id, { after: afterLine, max: limit + 1 })
      const groups = await groupInvoiceLines(db, id, BILLING_LIMITS.printedGroupsMax)
      return { ...toInvoiceView(invoice), ...toLinesPage(lines, limit), groups: toGroupsView(groups) }
    },
  })
}

function createRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Draft an invoice of all that one party has due, whatever its minimum',
      body: createBody,
      response: { 201: invoiceSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { side, partyId, until } = request.body
      const untilMs = readUntil(deps, until) ?? deps.clock()
      const made = await createInvoice(deps.billing, { workspace, side, partyId, untilMs, actor })
      if (!made.ok) throw toProblem(made.reason, made.detail, { side, partyId })
      return await reply.code(201).send(toInvoiceView(made.invoice))
    },
  })
  app.post(`${PATH}/run`, {
    schema: {
      tags: TAGS,
      summary:
        'Draft invoices of all parties that are due, by a job; what is below the minimum is carried over',
      body: runBody,
      response: { 202: jobSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { side, until } = request.body
      const run = { workspace, side, untilMs: readUntil(deps, until) ?? null, actor }
      const job = await requestInvoiceRun(deps.store.db, run, deps.clock())
      return await reply.code(202).send(toJobView(job))
    },
  })
}

function changeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/finalize`, {
    schema: {
      tags: TAGS,
      summary: 'Make a draft final: names and addresses stay as they are now, and its affiliate sees it',
      params: idParams,
      response: { 200: invoiceSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      return toInvoiceView(changed(await finalizeInvoice(deps.billing, { workspace, id }, actor), id))
    },
  })
  app.post(`${PATH}/:id/void`, {
    schema: {
      tags: TAGS,
      summary: 'Take an invoice back that is not paid: what it held is due again',
      params: idParams,
      body: voidBody,
      response: { 200: invoiceSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const { reason } = request.body
      return toInvoiceView(changed(await voidInvoice(deps.billing, { workspace, id }, { reason, actor }), id))
    },
  })
}

function changed(change: InvoiceChange, id: string): Invoice {
  if (change.ok) return change.invoice
  if (change.state === undefined) throw notFound('invoice', id)
  const hint = change.state === 'paid' ? ' Cancel its payment run first.' : ''
  throw new Problem(409, 'wrong_state', `The invoice is ${change.state}.${hint}`)
}

/** @throws Problem for a time that is still to come: what is due by then is not known. */
function readUntil(deps: ApiDeps, until: string | undefined): number | undefined {
  if (until === undefined) return undefined
  const untilMs = Date.parse(until)
  if (untilMs > deps.clock()) throw invalidFields([{ field: 'until', message: 'must not be in the future' }])
  return untilMs
}

function toProblem(
  reason: InvoiceRefusal,
  detail: string,
  { side, partyId }: { readonly side: string; readonly partyId: string },
): Problem {
  switch (reason) {
    case 'unknown_party':
      return invalidFields([{ field: 'partyId', message: `there is no ${side} "${partyId}"` }])
    case 'nothing_due':
      return new Problem(422, 'nothing_due', 'Nothing above zero is due, so there is nothing to invoice.')
    case 'invoiced_later':
      return new Problem(422, 'invoiced_later', `Choose a later end: ${detail}.`)
  }
}
