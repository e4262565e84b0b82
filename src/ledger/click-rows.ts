import { clickIdTime } from '../domain/click-id.ts'
import { visitDimensions } from '../domain/conversion-ledger.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { type FoundVisit, findAllInLedger } from './find-in-ledger.ts'
import type { PlacedClick, PlacedView } from './journal-batch.ts'
import { type Ledger, LedgerUnavailableError } from './ledger.ts'
import { parseVisitRow, type RecentVisits } from './recent-visits.ts'

export type ClickRowsContext = {
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly recent: RecentVisits
  /** Reads all journals on as far as memory allows: a click or view may come through another edge than its visit. */
  readonly readAhead: () => Promise<void>
  /** Whether that has reached a time in every other journal; in the record's own, its visit lies before it. */
  readonly hasReadOthers: (timeMs: number) => boolean
}

/**
 * Gives clicks the dimensions of their visits.
 * @throws LedgerUnavailableError also when a visit may still come, through a journal that is far behind
 */
export async function buildClickRows(
  clicks: readonly PlacedClick[],
  context: ClickRowsContext,
): Promise<Built<PlacedClick>> {
  const { recent } = context
  const isUnknown = ({ clickId }: PlacedClick) =>
    recent.visit(clickId) === undefined || recent.clicks(clickId).length === 0
  const older = await findOlder(clicks, isUnknown, context)
  return withVisits(clicks, visitFinder(recent, older), (click, visit) =>
    toClickRow(click, visit, isFirstClick(click, visit, recent, older)),
  )
}

/**
 * Gives lander views the dimensions of their visits, as `buildClickRows` does. Each view counts: a visitor who comes
 * back to the lander sees it again.
 * @throws LedgerUnavailableError as there
 */
export async function buildViewRows(
  views: readonly PlacedView[],
  context: ClickRowsContext,
): Promise<Built<PlacedView>> {
  const isUnknown = ({ clickId }: PlacedView) => context.recent.visit(clickId) === undefined
  const older = await findOlder(views, isUnknown, context)
  return withVisits(views, visitFinder(context.recent, older), toViewRow)
}

/** Orphans: records whose visit is nowhere. Its workspace is unknown, so no report could show their rows. */
type Built<Placed> = { readonly rows: readonly LedgerRow[]; readonly orphans: readonly Placed[] }
type OfVisit = { readonly clickId: string }
type FindVisit = (clickId: string) => LedgerRow | undefined

function withVisits<Placed extends OfVisit>(
  records: readonly Placed[],
  find: FindVisit,
  toRow: (record: Placed, visit: LedgerRow) => LedgerRow,
): Built<Placed> {
  const rows: LedgerRow[] = []
  const orphans: Placed[] = []
  for (const record of records) {
    const visit = find(record.clickId)
    if (visit === undefined) orphans.push(record)
    else rows.push(toRow(record, visit))
  }
  return { rows, orphans }
}

/**
 * What the ledger knows of the visits that memory knows too little of. For those that are nowhere all journals are
 * read on first.
 */
async function findOlder<Placed extends OfVisit>(
  records: readonly Placed[],
  isUnknown: (record: Placed) => boolean,
  context: ClickRowsContext,
): Promise<Map<string, FoundVisit>> {
  const { recent } = context
  const older = await findVisits(records.filter(isUnknown), context)
  const isMissing = ({ clickId }: Placed) => recent.visit(clickId) === undefined && !older.has(clickId)
  if (!records.some(isMissing)) return older
  const missing = records.filter(isMissing)
  await readOthers(missing, context)
  // One that was loaded and forgotten since the first look.
  for (const [clickId, visit] of await findVisits(missing.filter(isUnknown), context)) {
    older.set(clickId, visit)
  }
  return older
}

async function findVisits(
  records: readonly OfVisit[],
  { ledger }: ClickRowsContext,
): Promise<Map<string, FoundVisit>> {
  return await findAllInLedger(ledger, [...new Set(records.map(({ clickId }) => clickId))])
}

async function readOthers(missing: readonly OfVisit[], context: ClickRowsContext): Promise<void> {
  await context.readAhead()
  const unknown = missing.filter(({ clickId }) => context.recent.visit(clickId) === undefined)
  if (unknown.every(({ clickId }) => context.hasReadOthers(clickIdTime(clickId)))) return
  throw new LedgerUnavailableError(new Error('a journal that clicks depend on is still being loaded'))
}

function visitFinder(recent: RecentVisits, older: ReadonlyMap<string, FoundVisit>): FindVisit {
  return (clickId) => {
    const json = recent.visit(clickId)
    return json === undefined ? older.get(clickId)?.visit : parseVisitRow(json)
  }
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
function toClickRow(click: PlacedClick, visit: LedgerRow, isFirst: boolean): LedgerRow {
  const isPerson = (visit.bot ?? '') === ''
  return {
    ...visitDimensions(visit),
    kind: 'click',
    at: click.at,
    offer_id: click.offerId,
    affiliate_network_id: click.affiliateNetworkId,
    ...(click.location !== '' && { location: click.location }),
    clicks: isPerson ? 1 : 0,
    unique_clicks: isPerson && isFirst ? 1 : 0,
  }
}

/** As for a click: a view is one view, of the lander that it names or the visit was sent to. */
function toViewRow({ at, landerId }: PlacedView, visit: LedgerRow): LedgerRow {
  return {
    ...visitDimensions(visit),
    kind: 'lander_view',
    at,
    ...(landerId !== '' && { lander_id: landerId }),
    lander_views: (visit.bot ?? '') === '' ? 1 : 0,
  }
}
