import { conditions, REPORT_SETTINGS, type ReportQuery } from './build-query.ts'
import { type Dimension, toDimension } from './dimensions.ts'
import { chooseGrouping, hashOf } from './grouping.ts'
import type { ReportRequest } from './report-request.ts'
import { SqlParams } from './sql-params.ts'

/**
 * The SQL that looks the texts of groups up by their hashes; undefined when the report's own answer has them.
 * Columns of the answer: `hash`, and k0… of the text dimensions. It ends as soon as every hash was met.
 */
export function buildLabelQuery(request: ReportRequest, hashes: readonly string[]): ReportQuery | undefined {
  const params = new SqlParams()
  const context = { params, timeZone: request.timeZone, dateBasis: request.dateBasis }
  const dimensions = request.groupBy.map((name) => toDimension(name, context))
  if (chooseGrouping(request, dimensions) !== 'labels') return undefined
  const wanted = params.add('Array(String)', hashes)
  const sql = `SELECT DISTINCT toString(${hashOf(dimensions)}) AS hash, ${textColumns(dimensions).join(', ')}
FROM ledger
WHERE ${conditions(request, context).join('\n  AND ')}
  AND ${hashOf(dimensions)} IN (arrayMap(hash -> toUInt64(hash), ${wanted}))
LIMIT ${params.add('UInt32', hashes.length)}
SETTINGS ${REPORT_SETTINGS.join(', ')}`
  return { sql, params: params.values }
}

function textColumns(dimensions: readonly Dimension[]): string[] {
  return dimensions.flatMap(({ key, isText }, i) => (isText ? [`${key} AS k${i}`] : []))
}
