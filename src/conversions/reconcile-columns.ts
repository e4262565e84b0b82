import { assignColumns, normalized, UPLOAD_HEADINGS } from './upload-columns.ts'
import { UploadFileError } from './upload-file-error.ts'

/** What a column of an advertiser's file holds. */
export const RECONCILE_COLUMNS = [
  ...(['cid', 'txid', 'amount', 'currency', 'status', 'event'] as const),
  ...(['time', 'offer', 'affiliate'] as const),
] as const
export type ReconcileColumn = (typeof RECONCILE_COLUMNS)[number]

/** Heading of the file by column, for a file whose headings say too little. */
export type ChosenColumns = Readonly<Partial<Record<ReconcileColumn, string | undefined>>>

/** As uploads of conversions know them; what is an amount there is one here. */
const HEADINGS = UPLOAD_HEADINGS.flatMap(([column, names]): (readonly [ReconcileColumn, string])[] => {
  if (column === 'payout') return [['amount', `${names} sale saleamount ordervalue total`]]
  return isReconcileColumn(column) ? [[column, names]] : []
})

/**
 * What the columns of the file hold, by its first line: those that were chosen, and by their headings the rest.
 * @throws UploadFileError when a chosen heading is not there, or nothing tells conversions apart.
 */
export function findReconcileColumns(
  cells: readonly string[],
  chosen: ChosenColumns,
): readonly (ReconcileColumn | undefined)[] {
  const taken = chosenColumns(cells, chosen)
  const rest = HEADINGS.filter(([column]) => chosen[column] === undefined)
  const free = cells.map((cell, index) => (taken.has(index) ? '' : cell))
  const known = assignColumns<ReconcileColumn>(free, rest)
  const columns = known.map((column, index) => taken.get(index) ?? column)
  if (columns.includes('cid') || columns.includes('txid')) return columns
  throw new UploadFileError('no column of the first line is a click id or a transaction id: choose one')
}

function chosenColumns(
  cells: readonly string[],
  chosen: ChosenColumns,
): ReadonlyMap<number, ReconcileColumn> {
  const taken = new Map<number, ReconcileColumn>()
  for (const column of RECONCILE_COLUMNS) {
    const heading = chosen[column]
    if (heading === undefined) continue
    const index = cells.findIndex((cell) => normalized(cell) === normalized(heading))
    if (index === -1) throw new UploadFileError(`no column of the first line is named "${heading}"`)
    const other = taken.get(index)
    if (other !== undefined) throw new UploadFileError(`"${heading}" can not be ${other} and ${column}`)
    taken.set(index, column)
  }
  return taken
}

function isReconcileColumn(column: string): column is ReconcileColumn {
  return RECONCILE_COLUMNS.some((known) => known === column)
}
