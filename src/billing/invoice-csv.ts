import type { BillingSide } from '../domain/billing-types.ts'
import { formatMicros } from '../domain/money.ts'
import { type DetailedLine, listDetailedLines } from '../store/invoice-lines.ts'
import type { Invoice } from '../store/invoices.ts'
import type { Db } from '../store/transaction.ts'
import { BILLING_LIMITS } from './billing-limits.ts'

/** Spreadsheets take a cell that begins so for a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/

type Column = readonly [name: string, cell: (line: DetailedLine) => string]

const COLUMNS: readonly Column[] = [
  ['line', ({ n }) => String(n)],
  ['kind', ({ kind }) => kind],
  ['date', ({ at }) => (at === null ? '' : new Date(at).toISOString())],
  ['conversion', ({ conversionId }) => conversionId],
  ['description', ({ description }) => textCell(description)],
  ['event', ({ event }) => textCell(event)],
]
const MONEY: readonly Column[] = [
  ['quantity', ({ quantity }) => String(quantity)],
  ['amount', ({ amountMicros }) => formatMicros(amountMicros)],
]
/** By what each side knows a conversion: the affiliate by its own click id, the advertiser by its order. */
const OWN: Readonly<Record<BillingSide, Column>> = {
  affiliate: ['aff_click_id', ({ externalId }) => textCell(externalId)],
  advertiser: ['txid', ({ txid }) => textCell(txid)],
}

/**
 * Every line of an invoice with its conversion, as CSV (RFC 4180), piece by piece. Amounts are plain decimals in the
 * invoice's currency.
 */
export async function* writeInvoiceCsv(db: Db, invoice: Invoice): AsyncGenerator<string> {
  const columns = [...COLUMNS, OWN[invoice.side], ...MONEY]
  yield toRow([...columns.map(([name]) => name), 'currency'])
  for (let after = 0; ; ) {
    const lines = await listDetailedLines(db, invoice.id, { after, max: BILLING_LIMITS.linesPerRead })
    const last = lines.at(-1)
    if (last === undefined) return
    yield lines.map((line) => toRow([...columns.map(([, cell]) => cell(line)), invoice.currency])).join('')
    after = last.n
  }
}

/** Text from outside: one that begins as a formula does is made text by an apostrophe. */
function textCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

function toRow(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
