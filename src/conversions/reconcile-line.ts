import { z } from 'zod'
import { mapStatus } from '../domain/conversion.ts'
import { CONVERSION_STATUSES, type StatusMap } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { parseAmount, parseCurrency } from '../domain/money.ts'
import type { ReconcileColumn } from './reconcile-columns.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'
import type { UploadLine } from './upload-lines.ts'
import { readTime, shown } from './upload-row.ts'

/** What an advertiser's line says of a conversion; '' where it says nothing. Stored as it is. */
export const theirLineSchema = z.object({
  cid: z.string().default(''),
  txid: z.string().default(''),
  event: z.string().default(''),
  offer: z.string().default(''),
  affiliate: z.string().default(''),
  /** As written; its currency is ISO 4217. */
  amount: z.string().default(''),
  currency: z.string().default(''),
  /** Ours, by the meaning of theirs; a file without statuses lists what is approved. */
  status: z.enum(CONVERSION_STATUSES).default('approved'),
  /** Unix milliseconds. */
  time: z.string().default(''),
})
export type TheirLine = z.infer<typeof theirLineSchema>

/** One line of the file. */
export type ReadLine = {
  readonly line: number
  /** Why it can not be compared; '' when it can. */
  readonly problem: string
  /** With a problem: what tells its conversion all the same; undefined when nothing does. */
  readonly theirs: TheirLine | undefined
}

export type LineContext = {
  readonly columns: readonly (ReconcileColumn | undefined)[]
  readonly statusMap: StatusMap
  /** Of amounts that name none. */
  readonly currency: string
  readonly now: number
}

type Cells = Readonly<Partial<Record<ReconcileColumn, string>>>

/** Reads a line's cells; what is wrong with it that needs no look-up is told here. */
export function readTheirLine(read: UploadLine, context: LineContext): ReadLine {
  const { line } = read
  if ('problem' in read) return { line, problem: read.problem, theirs: undefined }
  const cells = readCells(read.cells, context)
  if (typeof cells === 'string') return { line, problem: cells, theirs: undefined }
  const theirs = toTheirLine(cells, context)
  if (typeof theirs !== 'string') return { line, problem: '', theirs }
  const { cid, txid } = cells
  return { line, problem: theirs, theirs: theirLineSchema.parse({ cid, txid }) }
}

/** Or what is wrong. */
function readCells(cells: readonly string[], { columns }: LineContext): Cells | string {
  const extra = cells.slice(columns.length).find((cell) => cell !== '')
  if (extra !== undefined) return `it has ${cells.length} values for ${columns.length} columns`
  const values: Partial<Record<ReconcileColumn, string>> = {}
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell.length > LIMITS.paramValueCharsMax) return `${column} is too long`
    if (column !== undefined && cell !== '') values[column] = shown(cell)
  }
  return values
}

function toTheirLine(cells: Cells, context: LineContext): TheirLine | string {
  if (cells.cid === undefined && cells.txid === undefined) return 'it has no click id and no transaction id'
  const amount = parseAmount(cells.amount ?? '')
  if (!amount.ok && amount.reason !== 'empty') return `amount "${cells.amount}": ${amount.reason}`
  const currency = cells.currency === undefined ? context.currency : parseCurrency(cells.currency)
  if (currency === undefined) return `currency "${cells.currency}" is not known`
  const status = mapStatus(cells.status ?? '', context.statusMap)
  if (status === undefined) return `status "${cells.status}" is not understood`
  if (status === 'ignore') return `status "${cells.status}" is one to ignore`
  const at = cells.time === undefined ? undefined : readTime(cells.time)
  if (cells.time !== undefined && at === undefined) return `time "${cells.time}" is not understood`
  if ((at ?? 0) > context.now + UPLOAD_LIMITS.clockSkewMs) return 'its time is in the future'
  return theirLineSchema.parse({ ...cells, currency, status, ...(at && { time: String(at) }) })
}
