import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Hit, HitKind, HitOutcome } from '../domain/hit.ts'
import { type JudgedHit, toHit } from './hits.ts'
import { afterCursor, cursorAt, type PageRequest, rowsWanted } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Hits that one page looks through at most: what it does not find among them, the next page goes on for. */
export const HIT_SEARCH_ROWS_MAX = 50_000
/** Of them at a time. */
const WINDOW_ROWS = 2_000

/** What is absent is not asked for. */
export type HitSearch = {
  readonly outcomes?: readonly HitOutcome[] | undefined
  readonly kinds?: readonly HitKind[] | undefined
  /** Part of the reason. */
  readonly reason?: string | undefined
  readonly clickId?: string | undefined
  readonly conversionId?: string | undefined
  readonly affiliateNetworkId?: string | undefined
  readonly advertiserId?: string | undefined
  readonly affiliateId?: string | undefined
  /** Unix milliseconds of arrival; the end is exclusive. */
  readonly receivedFrom?: number | undefined
  readonly receivedTo?: number | undefined
  /** What no column has: asked of each hit that the others leave. */
  readonly matches?: ((hit: Hit) => boolean) | undefined
}

export type HitSearchPage = {
  readonly items: readonly JudgedHit[]
  /** Null when everything was looked at. */
  readonly nextCursor: string | null
  /** How far back the page looked, Unix milliseconds; null when everything was looked at. */
  readonly searchedTo: number | null
}

/**
 * Newest first, by arrival. A search for something rare ends after HIT_SEARCH_ROWS_MAX hits, with what it found and
 * with a cursor to go on from, so that no question takes longer than a page may.
 * @throws BadCursorError
 */
export async function searchHits(
  db: Db,
  workspace: string,
  search: HitSearch,
  page: PageRequest,
): Promise<HitSearchPage> {
  const limit = rowsWanted(page) - 1
  const items: JudgedHit[] = []
  let cursor = page.cursor
  for (let looked = 0; looked < HIT_SEARCH_ROWS_MAX; looked += WINDOW_ROWS) {
    const end = await windowEnd(db, workspace, search, cursor)
    items.push(
      ...(await hitsOfWindow(db, workspace, search, { cursor, end, limit: limit + 1 - items.length })),
    )
    if (items.length > limit) return cutAt(items, limit)
    if (end === undefined) return { items, nextCursor: null, searchedTo: null }
    cursor = cursorAt(end.received_at, end.id)
    if (looked + WINDOW_ROWS >= HIT_SEARCH_ROWS_MAX)
      return { items, nextCursor: cursor, searchedTo: end.received_at }
  }
  return { items, nextCursor: null, searchedTo: null }
}

function cutAt(found: readonly JudgedHit[], limit: number): HitSearchPage {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  if (last === undefined) return { items, nextCursor: null, searchedTo: null }
  return { items, nextCursor: cursorAt(last.receivedAt, last.id), searchedTo: last.receivedAt }
}

type Boundary = { readonly received_at: number; readonly id: string }

/** The last of the next WINDOW_ROWS hits, told by the index alone; undefined when there are fewer. */
async function windowEnd(
  db: Db,
  workspace: string,
  search: HitSearch,
  cursor: string | undefined,
): Promise<Boundary | undefined> {
  return await db
    .selectFrom('hits')
    .select(['received_at', 'id'])
    .where((where) => fitsIndex(where, workspace, search))
    .where(afterCursor('received_at', cursor))
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .offset(WINDOW_ROWS - 1)
    .limit(1)
    .executeTakeFirst()
}

async function hitsOfWindow(
  db: Db,
  workspace: string,
  search: HitSearch,
  window: {
    readonly cursor: string | undefined
    readonly end: Boundary | undefined
    readonly limit: number
  },
): Promise<readonly JudgedHit[]> {
  const { matches } = search
  const rows = await db
    .selectFrom('hits')
    .selectAll()
    .where((where) => fitsIndex(where, workspace, search))
    .where((where) => fitsColumns(where, search))
    .where(afterCursor('received_at', window.cursor))
    .where(notBefore(window.end))
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(matches === undefined ? window.limit : WINDOW_ROWS)
    .execute()
  const hits = rows.map(toHit)
  return matches === undefined ? hits : hits.filter(({ request }) => matches(request)).slice(0, window.limit)
}

function notBefore(end: Boundary | undefined) {
  if (end === undefined) return sql<SqlBool>`1 = 1`
  return sql<SqlBool>`(received_at, id) >= (${end.received_at}, ${end.id})`
}

type Where = ExpressionBuilder<Database, 'hits'>

/** What an index orders the hits under. */
function fitsIndex(where: Where, workspace: string, search: HitSearch) {
  const { clickId, outcomes, receivedFrom, receivedTo } = search
  const wanted = [where('workspace', '=', workspace)]
  if (clickId !== undefined) wanted.push(where('click_id', '=', clickId))
  if (receivedFrom !== undefined) wanted.push(where('received_at', '>=', receivedFrom))
  if (receivedTo !== undefined) wanted.push(where('received_at', '<', receivedTo))
  // Said by a literal: the index of the inbox is a partial one, which a parameter would not name.
  if (outcomes?.length === 1 && outcomes[0] === 'unmatched') {
    wanted.push(where('outcome', '=', sql.lit('unmatched')))
  }
  return where.and(wanted)
}

function fitsColumns(where: Where, search: HitSearch) {
  const { outcomes, kinds, reason, conversionId, affiliateNetworkId, advertiserId, affiliateId } = search
  const wanted = []
  if (outcomes !== undefined) wanted.push(where('outcome', 'in', outcomes))
  if (kinds !== undefined) wanted.push(where('kind', 'in', kinds))
  if (reason !== undefined) wanted.push(holdsText('reason', reason))
  if (conversionId !== undefined) wanted.push(where('conversion_id', '=', conversionId))
  if (affiliateNetworkId !== undefined) wanted.push(where('affiliate_network_id', '=', affiliateNetworkId))
  if (advertiserId !== undefined) wanted.push(where('advertiser_id', '=', advertiserId))
  if (affiliateId !== undefined) wanted.push(where('affiliate_id', '=', affiliateId))
  return where.and(wanted)
}

/** Whatever the case, on both engines. */
function holdsText(column: string, text: string) {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
  return sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
}
