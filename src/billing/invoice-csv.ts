import type { BillingSide } from '../domain/billing-types.ts'
import { csvRow, csvText } from '../domain/csv-row.ts'
import { formatMicros } from '../domain/money.ts'
import { type DetailedLine, listDetailedLines } from '../store/invoice-lines.ts'
import type { Invoice } from '../store/invoices.ts'
import type { Db } from '../store/transaction.ts'
import { BILLING_LIMITS } from './billing-limits.ts'

type Column = readonly [name: string, cell: (line: DetailedLine) => string]

const COLUMNS: readonly Column[] = [
  ['line', ({ n }) => String(n)],
  ['kind', ({ kind }) => kind],
  ['date', ({ at }) => (at === null ? '' : new Date(at).toISOString())],
  ['conversion', ({ conversionId }) => conversionId],
  ['description', ({ description }) => csvText(description)],
  ['event', ({ event }) => csvText(event)],
]
const MONEY: readonly Column[] = [
  ['quantity', ({ quantity }) => String(quantity)],
  ['amount', ({ amountMicros }) => formatMicros(amountMicros)],
]
/** By what each side knows a conversion: the affiliate by its own click id, the advertiser by its order. */
const OWN: Readonly<Record<BillingSide, Column>> = {
  affiliate: ['aff_click_id', ({ externalId }) => csvText(externalId)],
  advertiser: ['txid', ({ txid }) => csvText(txid)],
}

/**
 * Every line of an invoice with its conversion, as CSV (RFC 4180), piece by piece. Amounts are plain decimals in the
 * invoice's currency.
 */
export async function* writeInvoiceCsv(db: Db, invoice: Invoice): AsyncGenerator<string> {
  const columns = [...COLUMNS, OWN[invoice.side], ...MONEY]
  yield csvRow([...columns.map(([name]) => name), 'currency'])
  for (let after = 0; ; ) {
    const lines = await listDetailedLines(db, invoice.id, { after, max: BILLING_LIMITS.linesPerRead })
    const last = lines.at(-1)
    if (last === undefined) return
    yield lines.map((line) => csvRow([...columns.map(([, cell]) => cell(line)), invoice.currency])).join('')
    after = last.n
  }
}
