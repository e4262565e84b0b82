import type { ClickRecord } from '../domain/journal-record.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { type FoundVisit, findInLedger } from './find-in-ledger.ts'
import type { Ledger } from './ledger.ts'
import { LOOKUP_IDS_MAX } from './limits.ts'
import { parseVisitRow, type RecentVisit, type RecentVisits } from './recent-visits.ts'

export type ClickRowsContext = {
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly recent: RecentVisits
  /** Reads all journals to their end: a click may come through another edge than its visit. */
  readonly catchUp: () => Promise<void>
}

/**
 * Gives clicks the dimensions of their visits. A click whose visit is nowhere comes back as an orphan: its
 * workspace is unknown, so no report could show it.
 * @throws LedgerUnavailableError
 */
export async function buildClickRows(
  clicks: readonly ClickRecord[],
  context: ClickRowsContext,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly orphans: readonly ClickRecord[] }> {
  const { recent } = context
  const isUnknown = ({ clickId }: ClickRecord) => recent.get(clickId) === undefined
  const older = await findAll(context.ledger, clicks.filter(isUnknown))
  const isMissing = (click: ClickRecord) => isUnknown(click) && !older.has(click.clickId)
  if (clicks.some(isMissing)) await context.catchUp()

  const rows: LedgerRow[] = []
  const orphans: ClickRecord[] = []
  for (const click of clicks) {
    const visit = recent.get(click.clickId)
    const known = older.get(click.clickId)
    if (visit !== undefined) rows.push(rowOfRecent(click, visit))
    else if (known !== undefined) rows.push(rowOfOlder(click, known, older))
    else orphans.push(click)
  }
  return { rows, orphans }
}

async function findAll(
  ledger: Pick<Ledger, 'lookUp'>,
  clicks: readonly ClickRecord[],
): Promise<Map<string, FoundVisit>> {
  const ids = [...new Set(clicks.map(({ clickId }) => clickId))]
  const found = new Map<string, FoundVisit>()
  for (let start = 0; start < ids.length; start += LOOKUP_IDS_MAX) {
    const part = await findInLedger(ledger, ids.slice(start, start + LOOKUP_IDS_MAX))
    for (const [clickId, visit] of part) found.set(clickId, visit)
  }
  return found
}

function rowOfRecent(click: ClickRecord, visit: RecentVisit): LedgerRow {
  const isFirst = visit.clicks === 0
  visit.clicks += 1
  visit.lastClickOfferId = click.offerId
  visit.lastClickNetworkId = click.affiliateNetworkId
  return toRow(click, parseVisitRow(visit.json), isFirst)
}

function rowOfOlder(click: ClickRecord, visit: FoundVisit, older: Map<string, FoundVisit>): LedgerRow {
  older.set(click.clickId, { ...visit, clicks: visit.clicks + 1 })
  return toRow(click, visit.visit, visit.clicks === 0)
}

/** The visit's dimensions; of its measures, none: a click is one click. */
function toRow(click: ClickRecord, visit: LedgerRow, isFirst: boolean): LedgerRow {
  const {
    visits: _v,
    unique_visits: _u,
    bot_visits: _b,
    clicks: _c,
    unique_clicks: _q,
    cost: _m,
    ...dimensions
  } = visit
  const isPerson = (visit.bot ?? '') === ''
  return {
    ...dimensions,
    kind: 'click',
    at: click.at,
    offer_id: click.offerId,
    affiliate_network_id: click.affiliateNetworkId,
    clicks: isPerson ? 1 : 0,
    unique_clicks: isPerson && isFirst ? 1 : 0,
  }
}
