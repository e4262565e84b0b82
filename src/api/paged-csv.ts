import { BYTE_ORDER_MARK, csvRow } from '../domain/csv-row.ts'
import type { Page } from '../store/page.ts'

const ROWS_PER_READ = 500

export type CsvColumn<Row> = readonly [name: string, cell: (row: Row) => string]

type Paged<Row> = {
  readonly columns: readonly CsvColumn<Row>[]
  /** A page of them, newest first. */
  readonly read: (page: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<Row>>
  readonly rowsMax: number
}

/**
 * Conversions as CSV (RFC 4180), newest first, page by page; the last line says when older ones are left out. Times are
 * in UTC, amounts plain decimals.
 */
export async function* writePagedCsv<Row>({ columns, read, rowsMax }: Paged<Row>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvRow(columns.map(([name]) => name))
  let cursor: string | undefined
  for (let left = rowsMax; ; ) {
    const { items, nextCursor } = await read({ limit: Math.min(ROWS_PER_READ, left), cursor })
    // An empty piece would hold the stream up.
    if (items.length > 0) yield items.map((row) => csvRow(columns.map(([, cell]) => cell(row)))).join('')
    left -= items.length
    if (nextCursor === null) return
    if (left === 0) {
      yield csvRow([`These are the newest ${rowsMax}: older conversions are left out. Narrow the filter.`])
      return
    }
    cursor = nextCursor
  }
}
