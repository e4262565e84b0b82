import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { likePart } from './json-text.ts'
import type { PageRequest } from './page.ts'

/** Names one thing of one workspace: nobody reaches another workspace's things by their id. */
export type OwnedId = { readonly workspace: string; readonly id: string }

/** What every configured thing has besides its own fields. */
export type Owned = {
  readonly id: string
  readonly workspace: string
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
  /** Null while it is in use. */
  readonly archivedAt: number | null
}

/** Which of them a list shows; those in use unless told. */
export type OwnedWhich = {
  readonly archived?: boolean | undefined
  /** Part of the name, in any case as far as the engine knows letters: SQLite knows those of ASCII. */
  readonly search?: string | undefined
  /** These alone, in use or not. */
  readonly ids?: readonly string[] | undefined
}
export type OwnedPageRequest = PageRequest & OwnedWhich

/** The same as columns. */
export type OwnedColumns = {
  readonly id: string
  readonly workspace: string
  readonly created_at: number
  readonly updated_at: number
  readonly archived_at: number | null
}

export function toOwned(row: OwnedColumns): Owned {
  return {
    id: row.id,
    workspace: row.workspace,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    archivedAt: row.archived_at,
  }
}

/** The condition of the rows that a list shows. */
export function ownedIs({ archived = false, search, ids }: OwnedWhich): RawBuilder<SqlBool> {
  const conditions = [
    ...(ids === undefined ? [archivedIs(archived)] : [sql<SqlBool>`id in (${sql.join(ids)})`]),
    ...(search === undefined ? [] : [nameHas(search)]),
  ]
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

function archivedIs(archived: boolean): RawBuilder<SqlBool> {
  return archived ? sql<SqlBool>`archived_at is not null` : sql<SqlBool>`archived_at is null`
}

function nameHas(search: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(name) like lower(${`%${likePart(search)}%`}) escape '\\'`
}
