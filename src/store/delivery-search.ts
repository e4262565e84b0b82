import { type Delivery, toDelivery } from './deliveries.ts'
import { type DeliveryFilter, deliveriesToLookAt, fitsRest, isIndexed } from './delivery-filter.ts'
import { afterCursor, cursorAt, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Db } from './transaction.ts'

/**
 * Rows that a search looks at, a stretch after the other: most searches find a page in the first one, and none
 * looks at more than all of them together.
 */
const STRETCH_ROWS = [1_000, 9_000, 40_000] as const

export type DeliverySearch = Page<Delivery> & {
  /** When the oldest delivery that was looked at was made, Unix milliseconds; null when there is no older one. */
  readonly searchedTo: number | null
}

export type SearchRequest = {
  readonly workspace: string
  readonly filter: DeliveryFilter
  readonly page: PageRequest
}

/**
 * Deliveries that fit the filter, newest first. A filter that no index answers is asked of a bounded number of
 * rows: the page may then be short, or empty, and still have a next one, which looks further.
 * @throws BadCursorError
 */
export async function searchDeliveries(db: Db, request: SearchRequest): Promise<DeliverySearch> {
  const { filter, page } = request
  if (isIndexed(filter)) return await readPage(db, request)
  const found: Delivery[] = []
  let cursor = page.cursor
  for (const rows of STRETCH_ROWS) {
    const stretch = { ...request, page: { ...page, cursor }, rows }
    found.push(...(await searchStretch(db, stretch)))
    if (found.length >= rowsWanted(page)) break
    const end = await endOfStretch(db, stretch)
    if (end === undefined) return { ...toPage(found, page, createdAtOf), searchedTo: null }
    cursor = cursorAt(end.created_at, end.id)
    if (rows === STRETCH_ROWS.at(-1)) return { items: found, nextCursor: cursor, searchedTo: end.created_at }
  }
  return withReach(toPage(found, page, createdAtOf))
}

async function readPage(db: Db, { workspace, filter, page }: SearchRequest): Promise<DeliverySearch> {
  const rows = await newestFirst(deliveriesToLookAt(db, workspace, filter), page.cursor)
    .selectAll()
    .limit(rowsWanted(page))
    .execute()
  return withReach(toPage(rows.map(toDelivery), page, createdAtOf))
}

/** A full page ends at its last item. */
function withReach(page: Page<Delivery>): DeliverySearch {
  const last = page.items.at(-1)
  return { ...page, searchedTo: page.nextCursor === null ? null : (last?.createdAt ?? null) }
}

type Stretch = SearchRequest & { readonly rows: number }

/** The limit inside bounds what is looked at, whatever index the engine prefers for the conditions outside. */
async function searchStretch(
  db: Db,
  { workspace, filter, page, rows }: Stretch,
): Promise<readonly Delivery[]> {
  const looked = newestFirst(deliveriesToLookAt(db, workspace, filter), page.cursor)
    .selectAll()
    .limit(rows)
  const found = await db
    .selectFrom(looked.as('deliveries'))
    .selectAll()
    .where(fitsRest(filter))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return found.map(toDelivery)
}

/** The last row of the stretch; undefined when there are fewer. */
async function endOfStretch(db: Db, { workspace, filter, page, rows }: Stretch) {
  return await newestFirst(deliveriesToLookAt(db, workspace, filter), page.cursor)
    .select(['created_at', 'id'])
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
}

function newestFirst(query: ReturnType<typeof deliveriesToLookAt>, cursor: string | undefined) {
  return query.where(afterCursor('created_at', cursor)).orderBy('created_at', 'desc').orderBy('id', 'desc')
}

function createdAtOf(delivery: Delivery): number {
  return delivery.createdAt
}
