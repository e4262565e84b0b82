import { z } from 'zod'
import { BILLING_LIMITS } from '../billing/billing-limits.ts'
import { BILLING_SIDES, INVOICE_STATES, LINE_KINDS } from '../domain/billing-types.ts'
import { formatMicros } from '../domain/money.ts'
import type { LineGroup } from '../store/invoice-lines.ts'
import type { InvoiceLine, Invoice as StoredInvoice } from '../store/invoices.ts'
import { timeField, toTime } from './fields.ts'

const LINES_PAGE_DEFAULT = 100
const LINES_PAGE_MAX = 500

export const sideField = z
  .enum(BILLING_SIDES)
  .describe('affiliate: payouts that are owed. advertiser: revenue that is owed to the network')

const ownFields = {
  id: z.string(),
  number: z.int().describe('Counted up in the workspace'),
  periodFrom: timeField,
  periodTo: timeField.describe('Exclusive'),
  currency: z.string(),
  total: z.string().describe('Decimal, in the currency'),
  state: z.enum(INVOICE_STATES),
  issuedAt: timeField.nullable().describe('When it became final'),
  createdAt: timeField,
}

export const invoiceSchema = z
  .object({
    ...ownFields,
    side: sideField,
    partyId: z.string().describe('Affiliate or advertiser'),
    paymentRunId: z.string().describe("'' until a payment run pays it"),
    note: z.string().describe('Why it is void'),
    actor: z.string(),
    updatedAt: timeField,
  })
  .meta({ id: 'Invoice' })

/** What an affiliate sees of its own. */
export const portalInvoiceSchema = z.object(ownFields).meta({ id: 'PortalInvoice' })

const GROUPS_MAX = BILLING_LIMITS.printedGroupsMax

const lineSchema = z.object({
  n: z.int().describe('From 1'),
  kind: z.enum(LINE_KINDS),
  conversionId: z.string().describe("'' unless the line is a conversion's"),
  subjectId: z.string().describe('Offer, invoice of a referred affiliate, or adjustment'),
  description: z.string(),
  quantity: z.int().describe('Conversions or clicks; -1 for a conversion that was taken back'),
  amount: z.string(),
})

const linesFields = {
  lines: z.array(lineSchema),
  nextAfterLine: z.int().nullable().describe('afterLine of the next page; null on the last one'),
}
export const invoiceWithLinesSchema = invoiceSchema
  .extend(linesFields)
  .extend({
    groups: z
      .array(lineSchema.pick({ kind: true, description: true, quantity: true, amount: true }))
      .describe(`Lines of one kind and subject together, as they are printed: the first ${GROUPS_MAX}`),
  })
  .meta({ id: 'InvoiceWithLines' })
export const portalInvoiceWithLinesSchema = portalInvoiceSchema
  .extend(linesFields)
  .meta({ id: 'PortalInvoiceWithLines' })

export const linesQuery = z.object({
  afterLine: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(LINES_PAGE_MAX).default(LINES_PAGE_DEFAULT),
})

export function toInvoiceView(invoice: StoredInvoice): z.input<typeof invoiceSchema> {
  const { side, partyId, paymentRunId, note, actor } = invoice
  const rest = { side, partyId, paymentRunId, note, actor, updatedAt: toTime(invoice.updatedAt) }
  return { ...toPortalInvoiceView(invoice), ...rest }
}

export function toPortalInvoiceView(invoice: StoredInvoice): z.input<typeof portalInvoiceSchema> {
  const { id, number, currency, state, issuedAt } = invoice
  return {
    id,
    number,
    periodFrom: toTime(invoice.periodFrom),
    periodTo: toTime(invoice.periodTo),
    currency,
    total: formatMicros(invoice.totalMicros),
    state,
    issuedAt: issuedAt === null ? null : toTime(issuedAt),
    createdAt: toTime(invoice.createdAt),
  }
}

export function toGroupsView(groups: readonly LineGroup[]) {
  return groups.map(({ amountMicros, ...group }) => ({ ...group, amount: formatMicros(amountMicros) }))
}

/** @param lines one more than the page holds when another page follows */
export function toLinesPage(lines: readonly InvoiceLine[], limit: number) {
  const shown = lines.slice(0, limit)
  return {
    lines: shown.map(({ amountMicros, ...line }) => ({ ...line, amount: formatMicros(amountMicros) })),
    nextAfterLine: lines.length > limit ? (shown.at(-1)?.n ?? null) : null,
  }
}
