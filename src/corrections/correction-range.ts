import type { DimensionContext } from '../reports/dimensions.ts'

/** Which visits a correction is about. */
export type CorrectionRange =
  /** First and last day, both included, YYYY-MM-DD in the time zone. */
  | { readonly type: 'days'; readonly from: string; readonly to: string }
  /** Unix seconds, the end not included. */
  | { readonly type: 'times'; readonly fromSeconds: number; readonly toSeconds: number }

/** SQL of the range's two ends; the second is not included. */
export function rangeEnds(
  range: CorrectionRange,
  { params, timeZone }: DimensionContext,
): { readonly from: string; readonly to: string } {
  if (range.type === 'days') {
    const zone = params.add('String', timeZone)
    return {
      from: `toDateTime(${params.add('Date', range.from)}, ${zone})`,
      to: `toDateTime(${params.add('Date', range.to)} + 1, ${zone})`,
    }
  }
  return {
    from: `toDateTime(${params.add('UInt32', range.fromSeconds)}, 'UTC')`,
    to: `toDateTime(${params.add('UInt32', range.toSeconds)}, 'UTC')`,
  }
}

/** Conditions on a row's time. The slots are the ledger's key, and all that days and hours need. */
export function rangeConditions(range: CorrectionRange, context: DimensionContext): string[] {
  const { from, to } = rangeEnds(range, context)
  if (range.type === 'days') return [`at_slot >= ${from}`, `at_slot < ${to}`]
  return [
    `at_slot >= toStartOfFifteenMinutes(${from})`,
    `at_slot <= ${to}`,
    `ledger.at >= ${from}`,
    `ledger.at < ${to}`,
  ]
}
