import { z } from 'zod'
import { type ExportTable, toExportTable } from '../reports/export-table.ts'
import { toMetric } from '../reports/metrics.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import { SqlParams } from '../reports/sql-params.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type AskedReport, askReport, questionFields, untilGone } from './ask-report.ts'
import { workspaceOf } from './caller.ts'
import {
  EXPORT_TIMEOUT_MS,
  fileRowsMax,
  LEFT_OUT_HEADER,
  REPORT_FILE_TYPES,
  sendReportFile,
} from './report-file.ts'

const exportBody = z.strictObject({ ...questionFields, format: z.enum(['csv', 'xlsx']) })

/** POST /api/v1/reports/export: a report as a file, with all of its groups up to REPORT_LIMITS.rowsMax. */
export function reportExportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/reports/export', {
    schema: {
      tags: ['reports'],
      summary: `A report as CSV or XLSX, at most ${REPORT_LIMITS.rowsMax} rows; ${LEFT_OUT_HEADER} counts the others`,
      body: exportBody,
      produces: Object.values(REPORT_FILE_TYPES),
    },
    handler: async (request, reply) => {
      const { format, ...question } = request.body
      const signal = untilGone(reply, EXPORT_TIMEOUT_MS)
      const page = { limit: fileRowsMax(question), offset: 0 }
      const asked = await askReport(deps, workspaceOf(request), { ...question, ...page }, signal)
      const table = toTable(question, asked)
      return await sendReportFile(reply, { format, table, period: question, signal })
    },
  })
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
