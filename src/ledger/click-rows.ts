import { clickIdTime } from '../domain/click-id.ts'
import { visitDimensions } from '../domain/conversion-ledger.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { type FoundVisit, findAllInLedger } from './find-in-ledger.ts'
import type { PlacedClick } from './journal-batch.ts'
import { type Ledger, LedgerUnavailableError } from './ledger.ts'
import { parseVisitRow, type RecentVisits } from './recent-visits.ts'

export type ClickRowsContext = {
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly recent: RecentVisits
  /** Reads all journals on as far as memory allows: a click may come through another edge than its visit. */
  readonly readAhead: () => Promise<void>
  /** Whether that has reached a time in every other journal; in the click's own, its visit lies before it. */
  readonly hasReadOthers: (timeMs: number) => boolean
}

/**
 * Gives clicks the dimensions of their visits. A click whose visit is nowhere comes back as an orphan: its
 * workspace is unknown, so no report could show it.
 * @throws LedgerUnavailableError also when the visit may still come, through a journal that is far behind
 */
export async function buildClickRows(
  clicks: readonly PlacedClick[],
  context: ClickRowsContext,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly orphans: readonly PlacedClick[] }> {
  const older = await findOlder(clicks, context)
  const isMissing = ({ clickId }: PlacedClick) =>
    context.recent.visit(clickId) === undefined && !older.has(clickId)
  if (clicks.some(isMissing)) {
    await readOthers(clicks.filter(isMissing), context)
    // One that was loaded and forgotten since the first look.
    for (const [clickId, visit] of await findOlder(clicks.filter(isMissing), context))
      older.set(clickId, visit)
  }

  const rows: LedgerRow[] = []
  const orphans: PlacedClick[] = []
  for (const click of clicks) {
    const visit = visitOf(click, context.recent, older)
    if (visit === undefined) orphans.push(click)
    else rows.push(toRow(click, visit, isFirstClick(click, visit, context.recent, older)))
  }
  return { rows, orphans }
}

/** What the ledger knows of the clicks that memory knows too little of: no visit, or not which click was first. */
async function findOlder(
  clicks: readonly PlacedClick[],
  { ledger, recent }: ClickRowsContext,
): Promise<Map<string, FoundVisit>> {
  const ids = clicks
    .map(({ clickId }) => clickId)
    .filter((id) => recent.visit(id) === undefined || recent.clicks(id).length === 0)
  return await findAllInLedger(ledger, [...new Set(ids)])
}

async function readOthers(missing: readonly PlacedClick[], context: ClickRowsContext): Promise<void> {
  await context.readAhead()
  const unknown = missing.filter(({ clickId }) => context.recent.visit(clickId) === undefined)
  if (unknown.every(({ clickId }) => context.hasReadOthers(clickIdTime(clickId)))) return
  throw new LedgerUnavailableError(new Error('a journal that clicks depend on is still being loaded'))
}

function visitOf(
  { clickId }: PlacedClick,
  recent: RecentVisits,
  older: ReadonlyMap<string, FoundVisit>,
): LedgerRow | undefined {
  const json = recent.visit(clickId)
  return json === undefined ? older.get(clickId)?.visit : parseVisitRow(json)
}

function isFirstClick(
  click: PlacedClick,
  visit: LedgerRow,
  recent: RecentVisits,
  older: ReadonlyMap<string, FoundVisit>,
): boolean {
  const first = recent.clicks(click.clickId)[0]
  const clicksInLedger = older.get(click.clickId)?.clicks ?? 0
  // A direct visit is its own first click.
  return (visit.clicks ?? 0) === 0 && clicksInLedger === 0 && (first?.place ?? click.place) === click.place
}

/** The visit's dimensions; of its measures, none: a click is one click. */
function toRow(click: PlacedClick, visit: LedgerRow, isFirst: boolean): LedgerRow {
  const isPerson = (visit.bot ?? '') === ''
  return {
    ...visitDimensions(visit),
    kind: 'click',
    at: click.at,
    offer_id: click.offerId,
    affiliate_network_id: click.affiliateNetworkId,
    clicks: isPerson ? 1 : 0,
    unique_clicks: isPerson && isFirst ? 1 : 0,
  }
}
