import type { LedgerRow } from '../domain/ledger-row.ts'
import { convertMicros, exchangeMicros, toDecimalString } from '../domain/money.ts'
import { shareOut } from '../domain/share-out.ts'
import { sum } from '../domain/sum.ts'
import type { CostGroup } from './cost-groups.ts'

/**
 * total     all visits together cost the amount
 * per_visit each visit cost the amount
 * percent   costs grow by the amount in percent: "10" is a tenth more, "-100" nothing at all
 */
export const COST_MODES = ['total', 'per_visit', 'percent'] as const
export type CostMode = (typeof COST_MODES)[number]

export type CostAmount = {
  readonly mode: CostMode
  /** Micros of the currency; of a percent, too. */
  readonly amountMicros: number
  /** Units for one US dollar, in micros: of the amount's currency and of the workspace's. */
  readonly fromRateMicros: number
  readonly toRateMicros: number
}

export type CostPlan = {
  readonly visits: number
  /** In the workspace's currency. */
  readonly costBeforeMicros: number
  readonly costAfterMicros: number
  /** What each group costs more, in the order of the groups. */
  readonly differences: readonly number[]
  readonly rows: readonly LedgerRow[]
}

export type PlannedCosts =
  | { readonly ok: true; readonly plan: CostPlan }
  | { readonly ok: false; readonly reason: 'no_visits' | 'too_large' }

/**
 * What each group of visits must cost more or less, exactly to the micro:
 *
 * total     the difference to the present cost goes to all visits alike
 * per_visit each group costs its visits times the amount from now on
 * percent   the difference goes to where the present cost is
 */
export function planCosts(groups: readonly CostGroup[], amount: CostAmount, workspace: string): PlannedCosts {
  const visits = sum(groups.map((group) => group.visits))
  const before = sum(groups.map((group) => group.costMicros))
  if (visits === 0) return { ok: false, reason: 'no_visits' }
  const after = newTotal(amount, visits, before)
  if (after === undefined || !Number.isSafeInteger(after - before)) return { ok: false, reason: 'too_large' }
  const differences = spread(groups, amount.mode, { before, after })
  const rows = groups.flatMap((group, i) => toRow(group, differences[i] ?? 0, workspace))
  return { ok: true, plan: { visits, costBeforeMicros: before, costAfterMicros: after, differences, rows } }
}

/** In the workspace's currency; undefined beyond exact integers. */
function newTotal(
  { mode, amountMicros, fromRateMicros, toRateMicros }: CostAmount,
  visits: number,
  before: number,
): number | undefined {
  if (mode === 'percent') {
    const difference = convertMicros(before, amountMicros / PERCENT)
    return difference === undefined ? undefined : before + difference
  }
  const amount = mode === 'total' ? amountMicros : amountMicros * visits
  if (!Number.isSafeInteger(amount)) return undefined
  return exchangeMicros(amount, fromRateMicros, toRateMicros)
}

const PERCENT = 100

function spread(
  groups: readonly CostGroup[],
  mode: CostMode,
  { before, after }: { readonly before: number; readonly after: number },
): readonly number[] {
  const visits = groups.map((group) => group.visits)
  const costs = groups.map((group) => group.costMicros)
  switch (mode) {
    case 'total':
      return shareOut(after - before, visits)
    case 'per_visit':
      return shareOut(after, visits).map((target, i) => target - (costs[i] ?? 0))
    case 'percent':
      return before === 0 ? costs.map(() => 0) : shareOut(after - before, costs)
  }
}

function toRow({ at, columns }: CostGroup, micros: number, workspace: string): readonly LedgerRow[] {
  if (micros === 0) return []
  const kept = Object.entries(columns).filter(([, value]) => value !== '' && !isEmptyMap(value))
  const when = { workspace, at, visit_at: at, click_id: '' }
  return [{ ...Object.fromEntries(kept), kind: 'cost', ...when, cost: toDecimalString(micros) }]
}

function isEmptyMap(value: CostGroup['columns'][string]): boolean {
  return typeof value === 'object' && Object.keys(value).length === 0
}
