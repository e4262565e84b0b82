/** First in a file; without it, spreadsheets read the file in an encoding of the last century. */
export const BYTE_ORDER_MARK = '\uFEFF'
/** Spreadsheets take a cell that begins so for a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/

/** A line of CSV (RFC 4180). */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`
}

/** Text from outside as a cell: one that begins as a formula does is made text by an apostrophe. */
export function csvText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
