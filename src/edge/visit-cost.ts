import { exchangeMicros, parseAmount, toDecimalString } from '../domain/money.ts'
import type { SnapshotCampaign, SnapshotTrafficSource, SnapshotWorkspace } from '../domain/snapshot.ts'
import { trafficCostMicros } from '../domain/traffic-cost.ts'

/** What a campaign's traffic costs when it arrives; cpa and revenue share are settled with the conversion. */
export type VisitCost =
  | { readonly type: 'none' }
  /** In the workspace's currency, as the ledger takes it. */
  | { readonly type: 'fixed'; readonly per: 'visits' | 'impressions'; readonly amount: string }
  /** The amount comes with the visit; convert from one rate to the other (units per US dollar, micros). */
  | {
      readonly type: 'token'
      readonly fromMicros: number
      readonly toMicros: number
      readonly lossPercent: number
    }

export type CostTerms = {
  readonly campaign: SnapshotCampaign
  readonly source: SnapshotTrafficSource | undefined
  readonly workspace: SnapshotWorkspace
  readonly ratesMicros: Readonly<Record<string, number>>
}

const NONE: VisitCost = { type: 'none' }
const THOUSAND = 1_000

/** A currency without a rate costs nothing that could be told: the visit is counted all the same. */
export function compileVisitCost({ campaign, source, workspace, ratesMicros }: CostTerms): VisitCost {
  const model = campaign.costModel
  if (model.type === 'none' || model.type === 'revshare' || model.type === 'cpa') return NONE
  const currency = model.type === 'token' ? (source?.currency ?? '') : model.currency
  // The same currency needs no rate; an unknown rate is no positive one, which exchangeMicros refuses.
  const same = currency === workspace.currency || currency === ''
  const fromMicros = same ? 1 : (ratesMicros[currency] ?? -1)
  const toMicros = same ? 1 : (ratesMicros[workspace.currency] ?? -2)
  const lossPercent = source?.trafficLossPercent ?? 0
  if (model.type === 'token') return { type: 'token', fromMicros, toMicros, lossPercent }
  const priceMicros = exchangeMicros(model.amountMicros, fromMicros, toMicros)
  if (priceMicros === undefined) return NONE
  const parts = model.type === 'cpm' ? THOUSAND : 1
  const amount = toDecimalString(trafficCostMicros(priceMicros, parts, lossPercent))
  return { type: 'fixed', per: model.type === 'cpm' ? model.per : 'visits', amount }
}

/**
 * What one visit cost, in the workspace's currency as the ledger takes it; '' for nothing known. An amount that
 * cannot be read is none: the visit counts, and its cost can be corrected later.
 * @param text the traffic source's cost parameter.
 */
export function visitCost(cost: VisitCost, text: string): string {
  if (cost.type === 'none') return ''
  if (cost.type === 'fixed') return cost.per === 'visits' ? cost.amount : ''
  const parsed = parseAmount(text)
  if (!parsed.ok || parsed.micros < 0) return ''
  const micros = exchangeMicros(parsed.micros, cost.fromMicros, cost.toMicros)
  return micros === undefined ? '' : toDecimalString(trafficCostMicros(micros, 1, cost.lossPercent))
}

/** What one impression cost, likewise. */
export function impressionCost(cost: VisitCost): string {
  return cost.type === 'fixed' && cost.per === 'impressions' ? cost.amount : ''
}
