import { type Selectable, sql } from 'kysely'
import type { LineKind } from '../domain/billing-types.ts'
import { sumOf } from './billable-money.ts'
import type { InvoiceLine } from './invoices.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** In their order, those behind line `after`. */
export async function listInvoiceLines(
  db: Db,
  invoiceId: string,
  { after, max }: { readonly after: number; readonly max: number },
): Promise<readonly InvoiceLine[]> {
  const rows = await db
    .selectFrom('invoice_lines')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .where('n', '>', after)
    .orderBy('n')
    .limit(max)
    .execute()
  return rows.map(toLine)
}

/** A line with what its conversion says beside the amount; empty where it is about none. */
export type DetailedLine = InvoiceLine & {
  /** When the conversion was recorded, Unix milliseconds. */
  readonly at: number | null
  readonly event: string
  /** The sender's id of the visit. */
  readonly externalId: string
  readonly txid: string
}

/** As `listInvoiceLines`. */
export async function listDetailedLines(
  db: Db,
  invoiceId: string,
  { after, max }: { readonly after: number; readonly max: number },
): Promise<readonly DetailedLine[]> {
  const rows = await db
    .selectFrom('invoice_lines as l')
    .leftJoin('conversions as c', 'c.id', 'l.conversion_id')
    .selectAll('l')
    .select(['c.created_at as at', 'c.event', 'c.external_id', 'c.txid'])
    .where('l.invoice_id', '=', invoiceId)
    .where('l.n', '>', after)
    .orderBy('l.n')
    .limit(max)
    .execute()
  return rows.map((row) => ({
    ...toLine(row),
    at: row.at,
    event: row.event ?? '',
    externalId: row.external_id ?? '',
    txid: row.txid ?? '',
  }))
}

/** Lines of one kind, subject and description together. */
export type LineGroup = {
  readonly kind: LineKind
  readonly description: string
  readonly quantity: number
  readonly amountMicros: number
}

/** In the order of their first lines. */
export async function groupInvoiceLines(
  db: Db,
  invoiceId: string,
  max: number,
): Promise<readonly LineGroup[]> {
  return await db
    .selectFrom('invoice_lines')
    .select(['kind', 'description'])
    .select([sumOf(sql`quantity`).as('quantity'), sumOf(sql`amount_micros`).as('amountMicros')])
    .where('invoice_id', '=', invoiceId)
    .groupBy(['kind', 'subject_id', 'description'])
    .orderBy((eb) => eb.fn.min('n'))
    .limit(max)
    .execute()
}

function toLine(row: Selectable<Database['invoice_lines']>): InvoiceLine {
  return {
    n: row.n,
    kind: row.kind,
    conversionId: row.conversion_id,
    subjectId: row.subject_id,
    description: row.description,
    quantity: row.quantity,
    amountMicros: row.amount_micros,
  }
}
