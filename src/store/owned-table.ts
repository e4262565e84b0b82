import type { Insertable, Kysely, Selectable } from 'kysely'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { newestPage } from './newest-page.ts'
import { type Owned, type OwnedColumns, type OwnedId, type OwnedPageRequest, ownedIs } from './owned.ts'
import type { Page } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

/** The tables whose rows have all of OwnedColumns: told by the schema, so no other table can be asked for. */
type OwnedTableName = {
  [Name in keyof Database]: Database[Name] extends OwnedColumns ? Name : never
}[keyof Database]

type OwnedMapping<Name extends OwnedTableName, Fields extends object> = {
  readonly table: Name
  readonly toItem: (row: Selectable<Database[Name]>) => Owned & Fields
  /** Every column but those of Owned. */
  readonly toColumns: (fields: Fields) => Omit<Insertable<Database[Name]>, keyof OwnedColumns>
}

/** What is done with one kind of configured thing. Times are Unix milliseconds. */
type OwnedTable<Fields> = {
  /** In use from now on, under a new id. */
  readonly create: (db: Db, workspace: string, fields: Fields, now: number) => Promise<Owned & Fields>
  /** Changes the given fields; undefined when the workspace has no such thing. */
  readonly update: (
    db: Db,
    key: OwnedId,
    changes: Partial<Fields>,
    now: number,
  ) => Promise<(Owned & Fields) | undefined>
  /** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
  readonly archive: (db: Db, key: OwnedId, now: number) => Promise<boolean>
  /** Takes it into use again; false when the workspace has none by that id that is out of use. */
  readonly restore: (db: Db, key: OwnedId, now: number) => Promise<boolean>
  /** Also when archived: what was recorded still names it. */
  readonly get: (db: Db, key: OwnedId) => Promise<(Owned & Fields) | undefined>
  /**
   * Those in use, or those that are not when asked, newest first.
   * @throws BadCursorError
   */
  readonly list: (db: Db, workspace: string, page: OwnedPageRequest) => Promise<Page<Owned & Fields>>
}

/**
 * Serves one table of configured things. Nothing is reached without its workspace, and every change counts
 * the configuration version up in its own transaction.
 */
export function ownedTable<Name extends OwnedTableName, Fields extends object>(
  mapping: OwnedMapping<Name, Fields>,
): OwnedTable<Fields> {
  return {
    create: (db, workspace, fields, now) => createOwned(mapping, { db, workspace, fields, now }),
    update: (db, key, changes, now) => updateOwned(mapping, { db, key, changes, now }),
    archive: (db, key, now) => archiveOwned(mapping.table, db, key, now),
    restore: (db, key, now) => restoreOwned(mapping.table, db, key, now),
    get: (db, key) => getOwned(mapping, db, key),
    list: (db, workspace, { archived, search, ids, ...page }) =>
      newestPage(db, mapping.table, mapping.toItem, {
        workspace,
        page,
        which: ownedIs({ archived, search, ids }),
      }),
  }
}

async function createOwned<Name extends OwnedTableName, Fields extends object>(
  mapping: OwnedMapping<Name, Fields>,
  wanted: { readonly db: Db; readonly workspace: string; readonly fields: Fields; readonly now: number },
): Promise<Owned & Fields> {
  const { db, workspace, fields, now } = wanted
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await asOwned(trx)
      .insertInto<OwnedTableName>(mapping.table)
      .values({
        id: owned.id,
        workspace,
        created_at: now,
        updated_at: now,
        archived_at: null,
        ...mapping.toColumns(fields),
      })
      .execute()
    return { ...owned, ...fields }
  })
}

async function updateOwned<Name extends OwnedTableName, Fields extends object>(
  mapping: OwnedMapping<Name, Fields>,
  wanted: { readonly db: Db; readonly key: OwnedId; readonly changes: Partial<Fields>; readonly now: number },
): Promise<(Owned & Fields) | undefined> {
  const { db, key, changes, now } = wanted
  return await inTransaction(db, async (trx) => {
    const current = await getOwned(mapping, trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      asOwned(trx)
        .updateTable<OwnedTableName>(mapping.table)
        .set({ ...mapping.toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

async function archiveOwned(table: OwnedTableName, db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await asOwned(trx)
      .updateTable(table)
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

async function restoreOwned(table: OwnedTableName, db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await asOwned(trx)
      .updateTable(table)
      .set({ archived_at: null, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is not', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

async function getOwned<Name extends OwnedTableName, Fields extends object>(
  mapping: OwnedMapping<Name, Fields>,
  db: Db,
  key: OwnedId,
): Promise<(Owned & Fields) | undefined> {
  const row = await selectRows(mapping.table, db, key.workspace)
    .where('id', '=', key.id)
    .$castTo<Selectable<Database[Name]>>()
    .executeTakeFirst()
  return row === undefined ? undefined : mapping.toItem(row)
}

/** All columns of the workspace's rows. */
function selectRows(table: OwnedTableName, db: Db, workspace: string) {
  return asOwned(db).selectFrom(table).selectAll().where('workspace', '=', workspace)
}

/**
 * The owned tables, seen by the columns they share: Kysely cannot type a query over a table that is a type
 * parameter. OwnedTableName makes sure that each has these columns, with these types; OwnedMapping checks the
 * other columns that are written, and `$castTo` gives a row that was selected whole its own type back.
 */
function asOwned(db: Db) {
  return db as unknown as Kysely<Record<OwnedTableName, OwnedColumns>>
}
