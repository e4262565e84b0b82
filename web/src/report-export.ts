import { answerOf, api } from './api.ts'
import { type AskedReport, toBody } from './report-data.ts'

export type ExportFormat = 'csv' | 'xlsx'

/** The file of exactly what is asked: all rows with all groupings, the columns that are shown. */
export async function loadExport(asked: AskedReport, format: ExportFormat): Promise<Blob> {
  const {
    limit: _limit,
    offset: _offset,
    ...question
  } = toBody(asked, {
    groupBy: asked.groupBy,
    filters: asked.filters,
    limit: asked.limit,
  })
  const body = { ...question, metrics: [...asked.metrics], format }
  // Also the text of a CSV file is kept byte by byte.
  return await answerOf<Blob>(api.POST('/api/v1/reports/export', { body, parseAs: 'blob' }))
}
