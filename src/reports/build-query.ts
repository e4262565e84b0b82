import { metricOf } from './custom-metric.ts'
import { type Dimension, type DimensionContext, slotColumn, toDimension } from './dimensions.ts'
import { chooseGrouping, type Grouping, hashOf } from './grouping.ts'
import { isMetric, type Metric, type OfSum, type Sum } from './metrics.ts'
import {
  checkReportRequest,
  REPORT_LIMITS,
  type ReportFilter,
  type ReportRequest,
  ReportRequestError,
} from './report-request.ts'
import { SqlParams } from './sql-params.ts'

export type ReportQuery = { readonly sql: string; readonly params: Readonly<Record<string, unknown>> }

/** What reports may cost the process that runs the ledger. Grouping beyond the memory goes by way of the disk. */
export const REPORT_SETTINGS = [
  'max_execution_time = 60',
  'max_bytes_before_external_group_by = 1000000000',
  'output_format_json_quote_64bit_integers = 0',
]

/** The engine reads queries of 262,144 bytes (max_query_size); formulas over quotients of quotients are long. */
const SQL_CHARS_MAX = 250_000

/** Clocks of edges differ: a row that is filed before its visit is looked for this much earlier. */
const CLOCK_SLACK_DAYS = 1

/**
 * The SQL of a report. Pure; every value is a parameter, every name is from an allowlist.
 *
 * ```
 *  rows of the ledger ─ group ─▶ sums of each group ─ window over all ─▶ sums of all ─ formulas, sort, page ─▶
 * ```
 *
 * Columns of the answer: k0… the group's keys, m0… its metrics, t0… the metrics of all groups together, `groups`
 * the number of groups. Without `hasTotals` there is no t: on each of many rows it is too much to read. Where the grouping is by `labels`, texts have no k: `hash` is what they are looked up by.
 * @throws ReportRequestError
 */
export function buildQuery(request: ReportRequest, { hasTotals = true } = {}): ReportQuery {
  checkReportRequest(request)
  const params = new SqlParams()
  const context = { params, timeZone: request.timeZone, dateBasis: request.dateBasis }
  const dimensions = request.groupBy.map((name) => toDimension(name, context))
  const metrics = request.metrics.map((name) => metricOf(request, name, params))
  const sorted = sortMetric(request, params)
  const grouping = chooseGrouping(request, dimensions)
  const sums = distinctSums(sorted === undefined ? metrics : [...metrics, sorted])
  const sql = `SELECT
  ${[...keyColumns(dimensions, grouping), ...metricColumns(metrics, hasTotals), 'groups'].join(',\n  ')}
FROM (
  SELECT *, ${sums.map(({ id }) => `sum(s_${id}) OVER () AS t_${id}`).join(', ')}, count() OVER () AS groups
  FROM (
    SELECT ${[...groupKeys(dimensions, grouping), ...sums.map(({ id, sql }) => `${sql} AS s_${id}`)].join(', ')}
    FROM ledger
    WHERE ${conditions(request, context).join('\n      AND ')}${groupBy(dimensions, grouping)}
  )
)
ORDER BY ${order(request, orderKeys(dimensions, grouping), sorted)}
LIMIT ${params.add('UInt32', request.limit ?? REPORT_LIMITS.rowsDefault)} OFFSET ${params.add('UInt32', request.offset ?? 0)}
SETTINGS ${REPORT_SETTINGS.join(', ')}`
  if (sql.length > SQL_CHARS_MAX) {
    throw new ReportRequestError('the formulas are too long together: ask for fewer of them, or simpler ones')
  }
  return { sql, params: params.values }
}

function keyColumns(dimensions: readonly Dimension[], grouping: Grouping): string[] {
  const columns = dimensions.flatMap(({ label, isText }, i) =>
    isText && grouping === 'labels' ? [] : [`${label(`g${i}`)} AS k${i}`],
  )
  // As text: it is larger than what a number of JSON holds.
  return grouping === 'labels' ? [...columns, 'toString(h) AS hash'] : columns
}

function metricColumns(metrics: readonly Metric[], hasTotals: boolean): string[] {
  const ofGroups = metrics.map((metric, i) => `${printed(metric, ofGroup)} AS m${i}`)
  if (!hasTotals) return ofGroups
  return [...ofGroups, ...metrics.map((metric, i) => `${printed(metric, ofAll)} AS t${i}`)]
}

/** The innermost select's columns for the keys. */
function groupKeys(dimensions: readonly Dimension[], grouping: Grouping): string[] {
  const keys = dimensions.flatMap(({ key, isText }, i) => {
    if (!isText || grouping === 'itself') return [`${key} AS g${i}`]
    return grouping === 'any' ? [`any(${key}) AS g${i}`] : []
  })
  return grouping === 'itself' ? keys : [...keys, `${hashOf(dimensions)} AS h`]
}

function groupBy(dimensions: readonly Dimension[], grouping: Grouping): string {
  if (dimensions.length === 0) return ''
  const keys = dimensions.flatMap(({ isText }, i) => (isText && grouping !== 'itself' ? [] : [`g${i}`]))
  return `\n    GROUP BY ${(grouping === 'itself' ? keys : [...keys, 'h']).join(', ')}`
}

/** What tells all groups apart. */
function orderKeys(dimensions: readonly Dimension[], grouping: Grouping): string[] {
  const keys = dimensions.flatMap(({ isText }, i) => (isText && grouping === 'labels' ? [] : [`g${i}`]))
  return grouping === 'labels' ? [...keys, 'h'] : keys
}

export function conditions(request: ReportRequest, context: DimensionContext): string[] {
  const { params, timeZone, dateBasis } = context
  const zone = params.add('String', timeZone)
  const from = params.add('Date', request.from)
  const to = params.add('Date', request.to)
  const slot = slotColumn(dateBasis)
  const range = [`${slot} >= toDateTime(${from}, ${zone})`, `${slot} < toDateTime(${to} + 1, ${zone})`]
  // Nothing happens before its visit: lets the key, which knows `at` alone, leave out what lies before.
  if (dateBasis === 'click') range.push(`at_slot >= toDateTime(${from} - ${CLOCK_SLACK_DAYS}, ${zone})`)
  const filters = request.filters.map((filter) => condition(filter, context))
  return [`workspace = ${params.add('String', request.workspace)}`, ...range, ...filters]
}

export function condition({ dimension, operator, values }: ReportFilter, context: DimensionContext): string {
  const { key, label, isText } = toDimension(dimension, context)
  const subject = isText ? key : label(key)
  if (operator === 'is' || operator === 'in')
    return `${subject} IN ${context.params.add('Array(String)', values)}`
  if (operator === 'is_not') return `${subject} NOT IN ${context.params.add('Array(String)', values)}`
  const matches = values.map((value) => {
    const text = context.params.add('String', value)
    return operator === 'starts'
      ? `startsWith(${subject}, ${text})`
      : `positionCaseInsensitiveUTF8(${subject}, ${text}) > 0`
  })
  return `(${matches.join(' OR ')})`
}

/** The metric to sort by, which need not be one that is shown; undefined when a dimension sorts. */
function sortMetric(request: ReportRequest, params: SqlParams): Metric | undefined {
  const by = request.sort?.by ?? request.metrics[0] ?? ''
  if (request.groupBy.includes(by)) return undefined
  if (!isMetric(by) && request.customMetrics?.has(by) !== true)
    throw new ReportRequestError(`cannot sort by ${by}: it is neither a metric nor a grouping`)
  return metricOf(request, by, params)
}

/** Every key behind the chosen one, so that pages neither repeat nor miss a group. */
function order(request: ReportRequest, keys: readonly string[], sorted: Metric | undefined): string {
  const direction = request.sort?.direction === 'asc' ? 'ASC' : 'DESC'
  const first = sorted?.value(ofGroup) ?? `g${request.groupBy.indexOf(request.sort?.by ?? '')}`
  return [`${first} ${direction} NULLS LAST`, ...keys.filter((key) => key !== first)].join(', ')
}

function distinctSums(metrics: readonly Metric[]): Sum[] {
  return [...new Map(metrics.flatMap(({ sums }) => sums).map((sum) => [sum.id, sum])).values()]
}

/** Decimals as text, because JSON numbers are floats to whoever reads them. */
function printed(metric: Metric, of: OfSum): string {
  const isDecimal = metric.kind === 'money' || metric.kind === 'number'
  return isDecimal ? `toString(${metric.value(of)})` : metric.value(of)
}

function ofGroup({ id }: Sum): string {
  return `s_${id}`
}

function ofAll({ id }: Sum): string {
  return `t_${id}`
}
