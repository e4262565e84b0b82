import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { ExportTable } from '../reports/export-table.ts'
import { writeReportCsv } from '../reports/report-csv.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import { TooManyFilesError, writeReportXlsx } from '../reports/report-xlsx.ts'
import { Problem } from './problem.ts'

export const REPORT_FILE_TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
/** 50,000 rows of 12 columns are written in some 5 s of CPU time. */
export const EXPORT_TIMEOUT_MS = 120_000
/** Says how many groups the file has no row of. */
export const LEFT_OUT_HEADER = 'x-trailpost-left-out'

type ReportFile = {
  readonly format: keyof typeof REPORT_FILE_TYPES
  readonly table: ExportTable
  /** First and last day, for the file's name. */
  readonly period: { readonly from: string; readonly to: string }
  readonly signal: AbortSignal
}

/** As many rows as one answer may have, by its columns. */
export function fileRowsMax(of: {
  readonly groupBy: readonly string[]
  readonly metrics: readonly string[]
}) {
  const { rowsMax, cellsMax } = REPORT_LIMITS
  return Math.min(rowsMax, Math.floor(cellsMax / (of.groupBy.length + of.metrics.length)))
}

/** @throws Problem 429 when other spreadsheets are being written */
export async function sendReportFile(reply: FastifyReply, file: ReportFile): Promise<FastifyReply> {
  const { format, table, period } = file
  reply
    .type(REPORT_FILE_TYPES[format])
    .header('content-disposition', `attachment; filename="${fileName(period)}.${format}"`)
    .header('cache-control', 'no-store')
    .header(LEFT_OUT_HEADER, String(table.leftOut))
  return await send(reply, file)
}

async function send(reply: FastifyReply, { format, table, signal }: ReportFile): Promise<FastifyReply> {
  if (format === 'csv') return await reply.send(Readable.from(writeReportCsv(table), { objectMode: false }))
  try {
    return await reply.send(await writeReportXlsx(table, signal))
  } catch (error) {
    if (!(error instanceof TooManyFilesError)) throw error
    throw new Problem(429, 'too_many_files', 'Other spreadsheets are being written. Try again in a moment.')
  }
}

function fileName({ from, to }: ReportFile['period']): string {
  return from === to ? `report-${from}` : `report-${from}-to-${to}`
}
