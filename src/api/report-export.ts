import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { type ExportTable, toExportTable } from '../reports/export-table.ts'
import { toMetric } from '../reports/metrics.ts'
import { writeReportCsv } from '../reports/report-csv.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import { TooManyFilesError, writeReportXlsx } from '../reports/report-xlsx.ts'
import { SqlParams } from '../reports/sql-params.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type AskedReport, askReport, questionFields, untilGone } from './ask-report.ts'
import { workspaceOf } from './caller.ts'
import { Problem } from './problem.ts'

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
/** 50,000 rows of 12 columns are written in some 5 s of CPU time. */
const EXPORT_TIMEOUT_MS = 120_000
/** Says how many groups the file has no row of. */
const LEFT_OUT_HEADER = 'x-trailpost-left-out'

const exportBody = z.strictObject({ ...questionFields, format: z.enum(['csv', 'xlsx']) })

/** POST /api/v1/reports/export: a report as a file, with all of its groups up to REPORT_LIMITS.rowsMax. */
export function reportExportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/reports/export', {
    schema: {
      tags: ['reports'],
      summary: `A report as CSV or XLSX, at most ${REPORT_LIMITS.rowsMax} rows; ${LEFT_OUT_HEADER} counts the others`,
      body: exportBody,
      produces: Object.values(TYPES),
    },
    handler: async (request, reply) => {
      const { format, ...question } = request.body
      const signal = untilGone(reply, EXPORT_TIMEOUT_MS)
      const page = { limit: rowsOf(question), offset: 0 }
      const asked = await askReport(deps, workspaceOf(request), { ...question, ...page }, signal)
      const table = toTable(question, asked)
      reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="${fileName(question)}.${format}"`)
        .header('cache-control', 'no-store')
        .header(LEFT_OUT_HEADER, String(table.leftOut))
      return await send(reply, { format, table, signal })
    },
  })
}

/** As many as one answer may have, by its columns. */
function rowsOf({ groupBy, metrics }: Pick<z.infer<typeof exportBody>, 'groupBy' | 'metrics'>): number {
  const { rowsMax, cellsMax } = REPORT_LIMITS
  return Math.min(rowsMax, Math.floor(cellsMax / (groupBy.length + metrics.length)))
}

async function send(
  reply: FastifyReply,
  {
    format,
    table,
    signal,
  }: { readonly format: keyof typeof TYPES; readonly table: ExportTable; readonly signal: AbortSignal },
): Promise<FastifyReply> {
  if (format === 'csv') return await reply.send(Readable.from(writeReportCsv(table), { objectMode: false }))
  try {
    return await reply.send(await writeReportXlsx(table, signal))
  } catch (error) {
    if (!(error instanceof TooManyFilesError)) throw error
    throw new Problem(429, 'too_many_files', 'Other spreadsheets are being written. Try again in a moment.')
  }
}

function toTable(
  { groupBy, metrics }: { readonly groupBy: readonly string[]; readonly metrics: readonly string[] },
  { rows, groups, totals, labels, customMetrics }: AskedReport,
): ExportTable {
  const columns = metrics.map((name) => {
    const custom = customMetrics.get(name)
    if (custom !== undefined) return { name, title: custom.name, kind: custom.kind }
    return { name, title: name, kind: toMetric(name, new SqlParams()).kind }
  })
  // A report of nothing but totals is one line.
  if (groupBy.length === 0) {
    return toExportTable({
      rows: [{ keys: {}, metrics: totals }],
      groups: 1,
      groupBy,
      metrics: columns,
      labels,
    })
  }
  return toExportTable({ rows, groups, groupBy, metrics: columns, labels })
}

function fileName({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? `report-${from}` : `report-${from}-to-${to}`
}
