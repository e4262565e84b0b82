import { parseAmount } from '../domain/money.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { condition, REPORT_SETTINGS } from '../reports/build-query.ts'
import { toDimension } from '../reports/dimensions.ts'
import { type ReportFilter, ReportRequestError } from '../reports/report-request.ts'
import { SqlParams } from '../reports/sql-params.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import { type CorrectionRange, rangeConditions } from './correction-range.ts'

/** Visits of one hour that reports can not tell apart by the kept dimensions. */
export type CostGroup = {
  /** When the rows of the correction happened: within the hour and the range, Unix milliseconds. */
  readonly at: number
  /** Columns of the ledger. */
  readonly columns: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly costMicros: number
  /** Or unique visits. */
  readonly visits: number
}

export type CostGroups = {
  readonly groups: readonly CostGroup[]
  /** By their names in reports: what can be told apart after the correction as it can be before. */
  readonly dimensions: readonly string[]
}

export type CostQuestion = {
  readonly workspace: string
  readonly range: CorrectionRange
  /** IANA name. */
  readonly timeZone: string
  readonly filters: readonly ReportFilter[]
  readonly onlyUnique: boolean
}

/** What reports group by, with the ledger's columns, the most asked for first. */
const DIMENSIONS: readonly (readonly [name: string, column: string])[] = [
  ['campaign', 'campaign_id'],
  ['source', 'traffic_source_id'],
  ['offer', 'offer_id'],
  ['network', 'affiliate_network_id'],
  ['lander', 'lander_id'],
  ['path', 'path_id'],
  ['rule', 'rule_id'],
  ['country', 'country'],
  ['device_type', 'device_type'],
  ['os', 'os'],
  ['browser', 'browser'],
  ['language', 'language'],
  ['region', 'region'],
  ['sub1', 'sub1'],
  ['sub2', 'sub2'],
  ['sub3', 'sub3'],
  ['tokens', 'tokens'],
]

/** How many of the dimensions are kept: the first number that gives few enough groups. */
const KEPT = [DIMENSIONS.length, 16, 13, 8, 4, 2, 0]

const TOKEN_PREFIX = 'token:'

/**
 * Present cost and visits by the hour of the time zone and as many dimensions as give at most
 * CORRECTION_LIMITS.costGroupsMax groups. What is filtered by is always kept, so that the correction is found by
 * the filter that it was made with.
 * @returns undefined when the filters alone give too many groups
 * @throws ReportRequestError, LedgerUnavailableError
 */
export async function loadCostGroups(
  ledger: Pick<Ledger, 'query'>,
  question: CostQuestion,
  signal?: AbortSignal,
): Promise<CostGroups | undefined> {
  for (const kept of KEPT) {
    const dimensions = DIMENSIONS.slice(0, kept)
    const { sql, params, columns } = buildCostQuery(question, dimensions)
    const rows = await ledger.query<AnswerRow>(sql, params, signal)
    if (rows.length > CORRECTION_LIMITS.costGroupsMax) continue
    const filtered = question.filters.map(({ dimension }) => dimension)
    const names = new Set(['hour', ...dimensions.map(([name]) => name), ...filtered])
    return { groups: rows.map((row) => toGroup(row, columns, question.range)), dimensions: [...names] }
  }
  return undefined
}

type ColumnValue = CostGroup['columns'][string]
type AnswerRow = {
  /** Unix seconds. */
  readonly hour_start: number
  /** Cost and visits as text. */
  readonly spent: string
  readonly seen: string
  /** The columns, in their order. */
  readonly [column: `g${number}`]: ColumnValue
}

/** Pure; every value is a parameter, every name is from an allowlist. */
function buildCostQuery(
  question: CostQuestion,
  dimensions: readonly (readonly [name: string, column: string])[],
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>>; readonly columns: string[] } {
  const { timeZone, filters, onlyUnique, range } = question
  const params = new SqlParams()
  const context = { params, timeZone, dateBasis: 'conversion' } as const
  const selected = new Map(dimensions.map(([, column]) => [column, column]))
  for (const [column, sql] of filterColumns(filters, params))
    if (!selected.has(column)) selected.set(column, sql)
  const zone = params.add('String', timeZone)
  const measure = onlyUnique ? 'unique_visits' : 'visits'
  const conditions = [
    `workspace = ${params.add('String', question.workspace)}`,
    ...rangeConditions(range, context),
    ...filters.map((filter) => condition(filter, context)),
    `(cost != 0 OR ${measure} != 0)`,
  ]
  const keys = ['hour_start', ...[...selected.keys()].map((_, i) => `g${i}`)]
  const sql = `SELECT toUnixTimestamp(toStartOfHour(at_slot, ${zone})) AS hour_start, ${[...selected.values()]
    .map((column, i) => `${column} AS g${i}, `)
    .join('')}
  toString(sum(cost)) AS spent, toString(sum(${measure})) AS seen
FROM ledger
WHERE ${conditions.join('\n  AND ')}
GROUP BY ${keys.join(', ')}
HAVING sum(cost) != 0 OR sum(${measure}) != 0
ORDER BY ${keys.join(', ')}
LIMIT ${CORRECTION_LIMITS.costGroupsMax + 1}
SETTINGS ${REPORT_SETTINGS.join(', ')}`
  return { sql, params: params.values, columns: [...selected.keys()] }
}

/** The columns that filters look at, and what of them must be kept; none for those of time, which the hour tells. */
function filterColumns(filters: readonly ReportFilter[], params: SqlParams): Map<string, string> {
  const columns = new Map<string, string>()
  const tokens: string[] = []
  for (const { dimension } of filters) {
    const { key, isText } = toDimension(dimension, { params, timeZone: 'UTC', dateBasis: 'conversion' })
    if (dimension.startsWith(TOKEN_PREFIX)) tokens.push(dimension.slice(TOKEN_PREFIX.length))
    else if (/^[a-z0-9_]+$/.test(key)) columns.set(key, key)
    else if (isText) throw new ReportRequestError(`costs can not be corrected by ${dimension}`)
  }
  if (tokens.length > 0) {
    const names = params.add('Array(String)', tokens)
    columns.set('tokens', `mapFilter((name, value) -> has(${names}, name), tokens)`)
  }
  return columns
}

function toGroup(row: AnswerRow, columns: readonly string[], range: CorrectionRange): CostGroup {
  const cost = parseAmount(row.spent)
  if (!cost.ok) throw new RangeError(`the ledger's cost of an hour is ${cost.reason}`)
  const hourMs = row.hour_start * 1_000
  const earliestMs = range.type === 'times' ? range.fromSeconds * 1_000 : 0
  const values = columns.map((column, i) => [column, row[`g${i}`] ?? ''] as const)
  return {
    at: Math.max(hourMs, earliestMs),
    columns: Object.fromEntries(values),
    costMicros: cost.micros,
    visits: Math.max(0, Number(row.seen)),
  }
}
