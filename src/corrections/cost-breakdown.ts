import { readLocalClock } from '../domain/local-clock.ts'
import { toDecimalString } from '../domain/money.ts'
import { sum } from '../domain/sum.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import type { CostGroup } from './cost-groups.ts'

/** Visits of one moment and campaign, with what a correction adds to their cost. */
export type CostPart = {
  /** Unix milliseconds. */
  readonly at: number
  /** '' where the correction tells no campaigns apart. */
  readonly campaignId: string
  readonly visits: number
  readonly beforeMicros: number
  readonly differenceMicros: number
}

/** One campaign on one day. Money as decimal strings in the workspace's currency. */
export type CostLine = {
  readonly campaignId: string
  /** YYYY-MM-DD in the correction's time zone. */
  readonly day: string
  readonly visits: number
  readonly costBefore: string
  readonly costAfter: string
  readonly difference: string
}

export type CostBreakdown = {
  /** The largest differences first, at most CORRECTION_LIMITS.costLinesMax. */
  readonly lines: readonly CostLine[]
  /** Those that are left out, and what they add. */
  readonly more: { readonly lines: number; readonly difference: string }
}

/** Parts of a plan: its groups, each with its difference. */
export function toParts(groups: readonly CostGroup[], differences: readonly number[]): readonly CostPart[] {
  return groups.map(({ at, columns, visits, costMicros }, i) => ({
    at,
    campaignId: campaignOf(columns),
    visits,
    beforeMicros: costMicros,
    differenceMicros: differences[i] ?? 0,
  }))
}

function campaignOf(columns: CostGroup['columns']): string {
  const { campaign_id: campaignId } = columns
  return typeof campaignId === 'string' ? campaignId : ''
}

/** Sums the parts up by campaign and day, exactly to the micro. */
export function breakDownCosts(parts: readonly CostPart[], timeZone: string): CostBreakdown {
  const sums = new Map<string, CostPart & { readonly day: string }>()
  for (const part of parts) {
    const day = readLocalClock(part.at, timeZone).date
    const key = `${day} ${part.campaignId}`
    const known = sums.get(key)
    sums.set(key, { ...(known === undefined ? part : add(known, part)), day })
  }
  const sorted = [...sums.values()].sort(byDifference)
  const { costLinesMax } = CORRECTION_LIMITS
  const left = sorted.slice(costLinesMax)
  const leftMicros = sum(left.map(({ differenceMicros }) => differenceMicros))
  return {
    lines: sorted.slice(0, costLinesMax).map(toLine),
    more: { lines: left.length, difference: toDecimalString(leftMicros) },
  }
}

function add(sum: CostPart, part: CostPart): CostPart {
  return {
    ...sum,
    visits: sum.visits + part.visits,
    beforeMicros: sum.beforeMicros + part.beforeMicros,
    differenceMicros: sum.differenceMicros + part.differenceMicros,
  }
}

type Dated = CostPart & { readonly day: string }

/** Alike ones in an order that stays. */
function byDifference(a: Dated, b: Dated): number {
  const difference = Math.abs(b.differenceMicros) - Math.abs(a.differenceMicros)
  return difference || compare(a.day, b.day) || compare(a.campaignId, b.campaignId)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function toLine({ campaignId, day, visits, beforeMicros, differenceMicros }: Dated): CostLine {
  return {
    campaignId,
    day,
    visits,
    costBefore: toDecimalString(beforeMicros),
    costAfter: toDecimalString(beforeMicros + differenceMicros),
    difference: toDecimalString(differenceMicros),
  }
}
