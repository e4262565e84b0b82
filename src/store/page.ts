import { type RawBuilder, type SqlBool, sql } from 'kysely'

const PAGE_SIZE_MAX = 500

/** Newest first. */
export type PageRequest = {
  /** Items wanted, at most PAGE_SIZE_MAX. */
  readonly limit: number
  /** nextCursor of the page before; absent for the first page. */
  readonly cursor?: string | undefined
}

export type Page<T> = {
  readonly items: readonly T[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** A cursor that no page gave. */
export class BadCursorError extends Error {
  readonly code = 'bad_cursor'
}

/**
 * The condition that continues after the cursor: a keyset on (time, id), so that rows which arrive meanwhile
 * neither repeat nor hide an item.
 * @param idColumns more than one where an id is made of several by `pairId`.
 * @throws BadCursorError
 */
export function afterCursor(
  atColumn: string,
  cursor: string | undefined,
  idColumns: readonly string[] = ['id'],
): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`1 = 1`
  const { at, id } = parseCursor(cursor)
  const ids = idColumns.length === 1 ? [id] : splitPairId(id)
  if (ids.length !== idColumns.length) throw notOurs()
  const columns = [atColumn, ...idColumns].map((column) => sql.ref(column))
  return sql<SqlBool>`(${sql.join(columns)}) < (${sql.join([at, ...ids])})`
}

/** One id of a row whose key is several. */
export function pairId(...ids: readonly string[]): string {
  return ids.join(PAIR_MARK)
}

/** The ids that `pairId` joined. */
export function splitPairId(id: string): readonly string[] {
  return id.split(PAIR_MARK)
}

/** No id of ours has it. */
const PAIR_MARK = ':'

/** Rows to ask for: one more than the page, which tells whether another page follows. */
export function rowsWanted(page: PageRequest): number {
  return Math.min(Math.max(1, Math.trunc(page.limit)), PAGE_SIZE_MAX) + 1
}

/** Cuts what `rowsWanted` asked for into the page. */
export function toPage<T extends { readonly id: string }>(
  rows: readonly T[],
  page: PageRequest,
  atOf: (row: T) => number,
): Page<T> {
  const limit = rowsWanted(page) - 1
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items, nextCursor: more ? cursorAt(atOf(last), last.id) : null }
}

/** The cursor of the page behind a row, for lists that end a page elsewhere than at an item. */
export function cursorAt(at: number, id: string): string {
  return Buffer.from(`${at}.${id}`).toString('base64url')
}

function parseCursor(cursor: string): { at: number; id: string } {
  const match = /^(\d{1,16})\.(.{1,200})$/s.exec(Buffer.from(cursor, 'base64url').toString())
  if (match?.[1] === undefined || match[2] === undefined) throw notOurs()
  return { at: Number(match[1]), id: match[2] }
}

function notOurs(): BadCursorError {
  return new BadCursorError('the cursor is not one of ours')
}
