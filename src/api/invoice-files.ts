import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { writeInvoiceCsv } from '../billing/invoice-csv.ts'
import { loadInvoiceDocument } from '../billing/invoice-document.ts'
import { renderInvoicePdf } from '../billing/invoice-pdf.ts'
import { getInvoice, type Invoice } from '../store/invoices.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

const TAGS = ['invoices']
const PATH = '/api/v1/invoices/:id'

/** GET …/pdf and …/csv: the printed invoice, and all of its lines. */
export function invoiceFileRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  const load = async (workspace: string, id: string) => {
    const invoice = await getInvoice(db, { workspace, id })
    if (invoice === undefined) throw notFound('invoice', id)
    return invoice
  }
  app.get(`${PATH}/pdf`, {
    schema: { tags: TAGS, summary: 'An invoice as PDF', params: idParams, produces: ['application/pdf'] },
    handler: async (request, reply) => {
      const invoice = await load(workspaceOf(request), request.params.id)
      return await sendInvoicePdf(db, invoice, reply)
    },
  })
  app.get(`${PATH}/csv`, {
    schema: {
      tags: TAGS,
      summary: 'All lines of an invoice with their conversions, as CSV',
      params: idParams,
      produces: ['text/csv'],
    },
    handler: async (request, reply) => {
      const invoice = await load(workspaceOf(request), request.params.id)
      return await sendInvoiceCsv(db, invoice, reply)
    },
  })
}

export async function sendInvoicePdf(db: Db, invoice: Invoice, reply: FastifyReply): Promise<FastifyReply> {
  const pdf = await renderInvoicePdf(await loadInvoiceDocument(db, invoice))
  return await asFile(reply, invoice, 'pdf').type('application/pdf').send(pdf)
}

/** Piece by piece: an invoice has up to some ten thousand lines. */
export async function sendInvoiceCsv(db: Db, invoice: Invoice, reply: FastifyReply): Promise<FastifyReply> {
  const pieces = Readable.from(writeInvoiceCsv(db, invoice), { objectMode: false })
  return await asFile(reply, invoice, 'csv').type('text/csv; charset=utf-8').send(pieces)
}

function asFile(reply: FastifyReply, { number }: Invoice, extension: 'pdf' | 'csv'): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename="invoice-${number}.${extension}"`)
    .header('cache-control', 'no-store')
}
