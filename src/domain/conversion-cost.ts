import type { EventCounts } from './conversion-types.ts'
import { convertMicros } from './money.ts'
import type { CostModel } from './snapshot.ts'

/** A percent in millionths: what convertMicros multiplies by. */
const MICROS_PER_PERCENT = 10_000

/**
 * What a conversion costs by its campaign's cost model, in the workspace's currency: the amount of `cpa` for each one
 * that counts as a conversion, the share of `revshare` of what it earns, else nothing. Rounded half away from zero;
 * negative for a correction under `revshare`.
 * @param of.exchange an amount of another currency in the workspace's; undefined when there is no rate.
 * @returns undefined when the amount can not be told in the workspace's currency.
 */
export function conversionCostMicros(of: {
  readonly model: CostModel | undefined
  readonly counts: EventCounts
  readonly revenueMicros: number
  readonly exchange: (micros: number, currency: string) => number | undefined
}): number | undefined {
  const { model, counts } = of
  if (model?.type === 'cpa') return counts.conversion ? of.exchange(model.amountMicros, model.currency) : 0
  if (model?.type !== 'revshare' || !counts.revenue) return 0
  return convertMicros(of.revenueMicros, Math.round(model.percent * MICROS_PER_PERCENT))
}
