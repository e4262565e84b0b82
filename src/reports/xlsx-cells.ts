import type { CellObject, SheetData } from 'write-excel-file/node'
import { type ExportCell, type ExportColumn, type ExportTable, leftOutLine } from './export-table.ts'

/** How a spreadsheet shows numbers of a kind; it keeps all their digits. */
const FORMATS: Readonly<Record<Exclude<ExportColumn['kind'], 'text'>, string>> = {
  count: '#,##0',
  money: '#,##0.00####',
  number: '#,##0.######',
  ratio: '0.00%',
}
/** What a cell of a spreadsheet holds. */
const TEXT_CHARS_MAX = 32_767

/** A report as cells. Text is text, whatever it begins with: a spreadsheet computes nothing of it. */
export function toXlsxCells(table: ExportTable): SheetData {
  const { columns, rows } = table
  return [
    columns.map(({ name }): CellObject => ({ ...textCell(name), fontWeight: 'bold' })),
    ...rows.map((row) => row.map((cell, i) => toCell(cell, columns[i]))),
    ...(table.leftOut > 0 ? [[textCell(leftOutLine(table))]] : []),
  ]
}

function toCell(cell: ExportCell, column: ExportColumn | undefined): CellObject | null {
  if (cell === null) return null
  if (column === undefined || column.kind === 'text') return textCell(String(cell))
  return { type: Number, value: Number(cell), format: FORMATS[column.kind] }
}

function textCell(text: string): CellObject {
  return { type: String, value: text.slice(0, TEXT_CHARS_MAX) }
}
