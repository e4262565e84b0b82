import type { z } from 'zod'
import { type ExportTable, toExportTable } from '../reports/export-table.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { untilGone } from './ask-report.ts'
import { portalUser } from './portal-affiliate.ts'
import {
  affiliateReportBody,
  type affiliateReportSchema,
  kindOfMetric,
  reportOfAffiliate,
} from './portal-reports.ts'
import {
  EXPORT_TIMEOUT_MS,
  fileRowsMax,
  LEFT_OUT_HEADER,
  REPORT_FILE_TYPES,
  sendReportFile,
} from './report-file.ts'

const exportBody = affiliateReportBody.omit({ limit: true, offset: true })
type Question = z.output<typeof exportBody>

/** POST /api/v1/portal/reports/export: an affiliate's report as a file, with all of its groups up to REPORT_LIMITS.rowsMax. */
export function portalReportExportRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/portal/reports/export', {
    schema: {
      tags: ['portal'],
      summary: `A report as CSV, at most ${REPORT_LIMITS.rowsMax} rows; ${LEFT_OUT_HEADER} counts the others`,
      body: exportBody,
      produces: [REPORT_FILE_TYPES.csv],
    },
    handler: async (request, reply) => {
      const question = request.body
      const user = await portalUser(deps.store.db, request)
      const signal = untilGone(reply, EXPORT_TIMEOUT_MS)
      const body = { ...question, limit: fileRowsMax(question), offset: 0 }
      const report = await reportOfAffiliate(deps, user, { body, signal })
      const table = toTable(question, report)
      return await sendReportFile(reply, { format: 'csv', table, period: question, signal })
    },
  })
}

/** A report of nothing but totals is one line. */
function toTable(
  { groupBy, metrics }: Question,
  { rows, totals, groups }: z.input<typeof affiliateReportSchema>,
): ExportTable {
  const isGrouped = groupBy.length > 0
  return toExportTable({
    rows: isGrouped ? rows : [{ keys: {}, metrics: totals }],
    groups: isGrouped ? groups : 1,
    groupBy,
    metrics: metrics.map((name) => ({ name, title: name, kind: kindOfMetric(name) })),
    labels: rows.map(({ labels }) => labels),
  })
}
