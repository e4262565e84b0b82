import type { Ledger } from '../ledger/ledger.ts'
import { buildLabelQuery } from './build-label-query.ts'
import { buildQuery } from './build-query.ts'
import { REPORT_LIMITS, type ReportRequest } from './report-request.ts'

export type ReportResult = {
  /** A page of groups, in the order that was asked for. */
  readonly rows: readonly ReportRow[]
  /** Metrics over all groups, also those on other pages. */
  readonly totals: MetricValues
  /** Number of groups on all pages. */
  readonly groups: number
}

export type ReportRow = {
  /** Dimension → value, '' where a row of the ledger has none. */
  readonly keys: Readonly<Record<string, string>>
  readonly metrics: MetricValues
}

/** Counts and ratios are numbers, money decimal strings; null where the divisor is zero. */
export type MetricValues = Readonly<Record<string, number | string | null>>

/** More rows have their totals from a question of its own, not beside each of them. */
const TOTALS_ROWS_MAX = 1_000

type AnswerRow = Readonly<Record<string, number | string | null>>

/**
 * @throws ReportRequestError when the request names something that does not exist
 * @throws LedgerUnavailableError
 * @throws the signal's reason once that aborts: whoever asked has stopped it, and the ledger did not fail
 */
export async function runReport(
  ledger: Pick<Ledger, 'query'>,
  request: ReportRequest,
  signal?: AbortSignal,
): Promise<ReportResult> {
  try {
    return await query(ledger, request, signal)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

async function query(
  ledger: Pick<Ledger, 'query'>,
  request: ReportRequest,
  signal: AbortSignal | undefined,
): Promise<ReportResult> {
  const { limit = REPORT_LIMITS.rowsDefault, groupBy } = request
  // Without groups there is one row, whatever the limit, and its totals are all there is.
  const hasTotals = groupBy.length === 0 || limit <= TOTALS_ROWS_MAX
  const { sql, params } = buildQuery(request, { hasTotals })
  const rows = await ledger.query<AnswerRow>(sql, params, signal)
  const first = rows[0]
  if (first === undefined) return await reportOfEmptyPage(ledger, request, signal)
  if (groupBy.length === 0) return { rows: [], totals: metricValues(request, first, 't'), groups: 0 }
  const labels = await loadLabels(ledger, request, rows, signal)
  return {
    rows: rows.map((row) => ({
      keys: keysOf(request, { ...labels.get(row.hash ?? ''), ...row }),
      metrics: metricValues(request, row, 'm'),
    })),
    totals: hasTotals ? metricValues(request, first, 't') : await loadTotals(ledger, request, signal),
    groups: Number(first.groups),
  }
}

/** Totals come with the rows, of which a page behind the last one has none, as has a report without any group. */
async function reportOfEmptyPage(
  ledger: Pick<Ledger, 'query'>,
  request: ReportRequest,
  signal: AbortSignal | undefined,
): Promise<ReportResult> {
  const { sort: _, ...rest } = request
  const firstPage = buildQuery({ ...rest, limit: 1, offset: 0 })
  const [first] = await ledger.query<AnswerRow>(firstPage.sql, firstPage.params, signal)
  if (first !== undefined) {
    return { rows: [], totals: metricValues(request, first, 't'), groups: Number(first.groups) }
  }
  return { rows: [], totals: await loadTotals(ledger, request, signal), groups: 0 }
}

async function loadTotals(
  ledger: Pick<Ledger, 'query'>,
  request: ReportRequest,
  signal: AbortSignal | undefined,
): Promise<MetricValues> {
  const { sort: _, ...unsorted } = request
  const { sql, params } = buildQuery({ ...unsorted, groupBy: [], limit: 1, offset: 0 })
  const [row] = await ledger.query<AnswerRow>(sql, params, signal)
  return metricValues(request, row ?? {}, 't')
}

/** The texts of the groups, by hash, where the answer itself has none. */
async function loadLabels(
  ledger: Pick<Ledger, 'query'>,
  request: ReportRequest,
  rows: readonly AnswerRow[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string | number, AnswerRow>> {
  const hashes = new Set(rows.map(({ hash }) => String(hash)))
  const query = buildLabelQuery(request, [...hashes])
  if (query === undefined) return new Map()
  const labels = await ledger.query<AnswerRow>(query.sql, query.params, signal)
  return new Map(labels.map((label) => [label.hash ?? '', label]))
}

function keysOf(request: ReportRequest, row: AnswerRow): Readonly<Record<string, string>> {
  return Object.fromEntries(request.groupBy.map((name, i) => [name, String(row[`k${i}`] ?? '')]))
}

function metricValues(request: ReportRequest, row: AnswerRow, prefix: 'm' | 't'): MetricValues {
  return Object.fromEntries(request.metrics.map((name, i) => [name, row[`${prefix}${i}`] ?? null]))
}
