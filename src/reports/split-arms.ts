import { parseAmount } from '../domain/money.ts'
import type { SplitArm } from '../domain/split-test.ts'
import type { MetricValues } from './run-report.ts'

/** The metrics that a split test is judged by. */
export const SPLIT_METRICS = ['visits', 'clicks', 'conversions', 'revenue'] as const

/** A report's row as an arm; one that no row tells of has seen nothing. */
export function toSplitArm(id: string, metrics: MetricValues = {}): SplitArm {
  const revenue = parseAmount(String(metrics.revenue ?? '0'))
  return {
    id,
    visits: Number(metrics.visits ?? 0),
    clicks: Number(metrics.clicks ?? 0),
    conversions: Number(metrics.conversions ?? 0),
    revenueMicros: revenue.ok ? revenue.micros : 0,
  }
}
