import { earns } from './conversion.ts'
import type { ConversionStatus } from './conversion-types.ts'
import type { LedgerDimensions, LedgerMeasures, LedgerRow } from './ledger-row.ts'
import { toDecimalString } from './money.ts'

/** What of a conversion counts in the ledger, at one moment. */
export type LedgerConversion = {
  readonly id: string
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** In the workspace's currency. */
  readonly revenueMicros: number
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

/** A visit's row as its conversions repeat it: dimensions stay, measures (the visit's own counts and cost) go. */
export function visitDimensions(row: LedgerRow): VisitDimensions {
  const { kind: _, at: __, correction: ___, corrected_at: ____, ...rest } = row
  const kept = Object.fromEntries(Object.entries(rest).filter(([name]) => !MEASURES.has(name)))
  return { ...kept, workspace: row.workspace, visit_at: row.visit_at, click_id: row.click_id }
}

/**
 * The signed ledger rows of one transition. Whatever the history, the rows of a conversion sum up to its present
 * state: one conversion of its present status, and its present revenue and payout if the status earns.
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
  if (before.status !== after.status || before.event !== after.event || before.txid !== after.txid) {
    return [toRow(before, removed, visit, at), toRow(after, added, visit, at)]
  }
  const difference: SignedCounts = {
    conversions: 0,
    revenueMicros: added.revenueMicros + removed.revenueMicros,
    payoutMicros: added.payoutMicros + removed.payoutMicros,
  }
  if (difference.revenueMicros === 0 && difference.payoutMicros === 0) return []
  return [toRow(after, difference, visit, at)]
}

type SignedCounts = {
  readonly conversions: number
  readonly revenueMicros: number
  readonly payoutMicros: number
}

function signed(conversion: LedgerConversion, sign: 1 | -1): SignedCounts {
  const factor = earns(conversion.status) ? sign : 0
  return {
    conversions: sign,
    revenueMicros: factor * conversion.revenueMicros,
    payoutMicros: factor * (conversion.payoutMicros ?? 0),
  }
}

function toRow(of: LedgerConversion, counts: SignedCounts, visit: VisitDimensions, at: number): LedgerRow {
  return {
    ...visit,
    kind: 'conversion',
    at,
    event: of.event,
    status: of.status,
    txid: of.txid,
    conversion_id: of.id,
    ...(counts.conversions === 0 ? {} : { conversions: counts.conversions }),
    ...(counts.revenueMicros === 0 ? {} : { revenue: toDecimalString(counts.revenueMicros) }),
    ...(counts.payoutMicros === 0 ? {} : { payout: toDecimalString(counts.payoutMicros) }),
  }
}
