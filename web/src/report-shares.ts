import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { type AskedReport, loadReport, type ReportRow, toBody } from './report-data.ts'
import type { MetricValue, MetricValues } from './report-metrics.ts'
import type { Dimension } from './report-names.ts'

const REFRESH_MS = 30_000

export type Shares = { readonly rows: readonly ReportRow[]; readonly totals: MetricValues }

/** One measure by these dimensions, under the report's filters: what a heat map or a world map shows. */
export function useShares(asked: AskedReport, groupBy: readonly Dimension[], limit: number) {
  const queries = useQueryClient()
  const { measure } = asked
  const question = { ...asked, metrics: [measure], sort: { by: measure, direction: 'desc' as const } }
  const body = toBody(question, { groupBy, filters: asked.filters, limit })
  return useQuery({
    queryKey: ['report-shares', body],
    queryFn: async (): Promise<Shares> => await loadReport(queries, body),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
}

/** Of a value that is none, such as a rate without visits, nothing is drawn. */
export function toNumber(value: MetricValue | undefined): number {
  return value === null || value === undefined ? 0 : Number(value)
}
