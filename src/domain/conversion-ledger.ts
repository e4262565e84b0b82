import { earns } from './conversion.ts'
import type { ConversionStatus, EventCounts } from './conversion-types.ts'
import type { LedgerDimensions, LedgerMeasures, LedgerRow } from './ledger-row.ts'
import { toDecimalString } from './money.ts'

/** What of a conversion counts in the ledger, at one moment. */
export type LedgerConversion = {
  readonly id: string
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** Its amount, in the workspace's currency: revenue or a cost, as `counts` says. */
  readonly revenueMicros: number
  /** What the traffic source is owed for it. */
  readonly costMicros: number
  readonly counts: EventCounts
  /** What is owed to the affiliate; absent on the tracker's side. */
  readonly payoutMicros?: number
}

/** The row of a visit without its measures: what every row of its conversions repeats. */
export type VisitDimensions = Pick<LedgerRow, 'workspace' | 'visit_at' | 'click_id'> &
  Partial<LedgerDimensions>

const MEASURES: ReadonlySet<string> = new Set<keyof LedgerMeasures>([
  'visits',
  'unique_visits',
  'workspace_unique_visits',
  'bot_visits',
  'impressions',
  'lander_views',
  'clicks',
  'unique_clicks',
  'conversions',
  'events',
  'numbers',
  'revenue',
  'payout',
  'cost',
])

/** What a row says of itself alone. */
const OWN: ReadonlySet<string> = new Set<keyof LedgerRow>([
  'kind',
  'at',
  'correction',
  'corrected_at',
  'location',
])

/** A visit's row as its conversions repeat it: dimensions stay, measures (the visit's own counts and cost) go. */
export function visitDimensions(row: LedgerRow): VisitDimensions {
  const kept = Object.fromEntries(
    Object.entries(row).filter(([name]) => !OWN.has(name) && !MEASURES.has(name)),
  )
  return { ...kept, workspace: row.workspace, visit_at: row.visit_at, click_id: row.click_id }
}

/**
 * The signed ledger rows of one transition. Whatever the history, the rows of a conversion sum up to its present
 * state: one conversion (or event, as it counts) of its present status, and its present revenue, payout and cost if
 * the status earns. A rejected conversion costs nothing: what is owed for it is given back with its revenue.
 *
 * A new status is a row of −1 under the old and one of +1 under the new; a new amount alone is a row of the
 * difference; nothing changed is no row.
 * @param before undefined for a new conversion.
 * @param at when the transition happened, Unix milliseconds.
 */
export function ledgerRowsForTransition(
  before: LedgerConversion | undefined,
  after: LedgerConversion,
  visit: VisitDimensions,
  at: number,
): readonly LedgerRow[] {
  const added = signed(after, 1)
  if (before === undefined) return [toRow(after, added, visit, at)]
  const removed = signed(before, -1)
  if (movesPlace(before, after)) {
    return [toRow(before, removed, visit, at), toRow(after, added, visit, at)]
  }
  const difference: SignedCounts = {
    count: 0,
    revenueMicros: added.revenueMicros + removed.revenueMicros,
    payoutMicros: added.payoutMicros + removed.payoutMicros,
    costMicros: added.costMicros + removed.costMicros,
  }
  const unchanged =
    difference.revenueMicros === 0 && difference.payoutMicros === 0 && difference.costMicros === 0
  return unchanged ? [] : [toRow(after, difference, visit, at)]
}

type SignedCounts = {
  readonly count: number
  readonly revenueMicros: number
  readonly payoutMicros: number
  readonly costMicros: number
}

/** Whether it is counted elsewhere than before: under another status, event, txid or measure. */
function movesPlace(before: LedgerConversion, after: LedgerConversion): boolean {
  return (
    before.status !== after.status ||
    before.event !== after.event ||
    before.txid !== after.txid ||
    before.counts.conversion !== after.counts.conversion
  )
}

function signed(conversion: LedgerConversion, sign: 1 | -1): SignedCounts {
  const { counts, revenueMicros, costMicros, payoutMicros = 0 } = conversion
  const factor = earns(conversion.status) ? sign : 0
  return {
    count: sign,
    revenueMicros: counts.revenue ? factor * revenueMicros : 0,
    payoutMicros: factor * payoutMicros,
    costMicros: factor * (costMicros + (counts.cost ? revenueMicros : 0)),
  }
}

function toRow(of: LedgerConversion, counts: SignedCounts, visit: VisitDimensions, at: number): LedgerRow {
  const measure = of.counts.conversion ? 'conversions' : 'events'
  return {
    ...visit,
    kind: of.counts.conversion ? 'conversion' : 'event',
    at,
    event: of.event,
    status: of.status,
    txid: of.txid,
    conversion_id: of.id,
    ...(counts.count === 0 ? {} : { [measure]: counts.count }),
    ...(counts.revenueMicros === 0 ? {} : { revenue: toDecimalString(counts.revenueMicros) }),
    ...(counts.payoutMicros === 0 ? {} : { payout: toDecimalString(counts.payoutMicros) }),
    ...(counts.costMicros === 0 ? {} : { cost: toDecimalString(counts.costMicros) }),
  }
}
