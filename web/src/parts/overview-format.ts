import { formatCount, formatMoney, formatShare } from '../format.ts'
import { overviewTexts as words } from '../texts-overview.ts'
import type { Difference, OverviewMetric } from './overview-figures.ts'

const MISSING = '–'

/** As a tile shows it: "1,234", "$12.50", "34%". */
export function formatFigure(value: number | null, metric: OverviewMetric, currency: string): string {
  if (value === null) return MISSING
  switch (metric) {
    case 'visits':
    case 'clicks':
    case 'conversions':
      return formatCount(Math.round(value))
    case 'roi':
      return formatShare(value, 0)
    case 'revenue':
    case 'cost':
    case 'profit':
      return formatMoney(value, currency)
  }
}

/** "12%" or "$3.00" or "4 points", without its sign. */
export function formatDifference(difference: Difference, metric: OverviewMetric, currency: string): string {
  switch (difference.kind) {
    case 'none':
      return words.same
    case 'new':
      return words.fromNothing
    case 'share':
      return formatShare(Math.abs(difference.by), 0)
    case 'amount':
      return metric === 'roi'
        ? words.points(formatCount(Math.round(Math.abs(difference.by) * 100)))
        : formatMoney(Math.abs(difference.by), currency)
  }
}
