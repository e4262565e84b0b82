import { BYTE_ORDER_MARK, csvRow, csvText } from '../domain/csv-row.ts'
import { type ExportCell, type ExportColumn, type ExportTable, leftOutLine } from './export-table.ts'

const ROWS_PER_PIECE = 1_000

/** A report as CSV in UTF-8, piece by piece. Numbers are plain, ratios are as they are: 0.05 for 5 %. */
export function* writeReportCsv(table: ExportTable): Generator<string> {
  const { columns, rows } = table
  yield BYTE_ORDER_MARK + csvRow(columns.map(({ name }) => csvText(name)))
  for (let start = 0; start < rows.length; start += ROWS_PER_PIECE) {
    const piece = rows.slice(start, start + ROWS_PER_PIECE)
    yield piece.map((row) => csvRow(row.map((cell, i) => toCell(cell, columns[i])))).join('')
  }
  if (table.leftOut > 0) yield csvRow([leftOutLine(table)])
}

function toCell(cell: ExportCell, column: ExportColumn | undefined): string {
  if (cell === null) return ''
  return column?.kind === 'text' ? csvText(String(cell)) : String(cell)
}
