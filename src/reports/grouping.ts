import type { Dimension } from './dimensions.ts'
import { REPORT_LIMITS, type ReportRequest } from './report-request.ts'

/**
 * How rows are brought together to groups, by measurement over 10 million rows in 9 000 groups of three texts (CPU
 * time, with six sums):
 *
 * itself   3 500 ms  the texts are the key. What one text alone is grouped by, for which the engine is fast.
 * any      1 030 ms  the key is a hash of the texts, and `any` of each text tells its value.
 * labels     580 ms  the key is the hash, and the values are looked up afterwards for the groups of the page
 *                    (build-label-query.ts), which ends as soon as each is found: mostly at once.
 */
export type Grouping = 'itself' | 'any' | 'labels'

/** Values of so many groups are looked up at a time; their hashes travel in the query's address. */
const LABELS_MAX = 500

export function chooseGrouping(request: ReportRequest, dimensions: readonly Dimension[]): Grouping {
  const texts = dimensions.filter(({ isText }) => isText)
  if (texts.length === 0 || dimensions.length === 1) return 'itself'
  const sortedBy = dimensions[request.groupBy.indexOf(request.sort?.by ?? '')]
  const sortsByText = sortedBy?.isText === true
  const { limit = REPORT_LIMITS.rowsDefault } = request
  return sortsByText || limit > LABELS_MAX ? 'any' : 'labels'
}

/**
 * One number for all texts of a group: the sum of their hashes, each times a different odd number. Of a million
 * groups two would meet with a probability below 10⁻⁷.
 */
export function hashOf(dimensions: readonly Dimension[]): string {
  const texts = dimensions.filter(({ isText }) => isText)
  return texts.map(({ key }, i) => `${2 * i + 1} * sipHash64(${key})`).join(' + ')
}
