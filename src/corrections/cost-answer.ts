import { toDecimalString } from '../domain/money.ts'
import type { CostBreakdown } from './cost-breakdown.ts'

/** What a correction does. Money as decimal strings in the workspace's currency. */
export type CostAnswer = {
  readonly visits: number
  readonly costBefore: string
  readonly costAfter: string
  /** What is added; negative when costs go down. */
  readonly difference: string
  readonly currency: string
  /** Rows for the ledger. */
  readonly rows: number
  /** What the new cost can be told apart by in reports, as the old can. */
  readonly dimensions: readonly string[]
}

export type CostRefusal = {
  readonly ok: false
  readonly reason: 'no_visits' | 'no_rate' | 'too_large' | 'too_many_groups' | 'key_used' | 'busy'
}

/** With what it does to each campaign on each day, which is told before and not kept. */
export type CostPreview =
  | { readonly ok: true; readonly answer: CostAnswer; readonly breakdown: CostBreakdown }
  | CostRefusal

type Sums = {
  readonly visits: number
  readonly beforeMicros: number
  readonly differenceMicros: number
  readonly rows: number
  readonly currency: string
  readonly dimensions: readonly string[]
}

export function toCostAnswer({ beforeMicros, differenceMicros, ...sums }: Sums): CostAnswer {
  return {
    visits: sums.visits,
    costBefore: toDecimalString(beforeMicros),
    costAfter: toDecimalString(beforeMicros + differenceMicros),
    difference: toDecimalString(differenceMicros),
    currency: sums.currency,
    rows: sums.rows,
    dimensions: sums.dimensions,
  }
}
