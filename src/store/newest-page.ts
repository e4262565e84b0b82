import type { Kysely, RawBuilder, Selectable, SqlBool } from 'kysely'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

type DatedColumns = { readonly id: string; readonly workspace: string; readonly created_at: number }

/** The tables whose rows are a workspace's and know when they were made. */
type DatedTableName = {
  [Name in keyof Database]: Selectable<Database[Name]> extends DatedColumns ? Name : never
}[keyof Database]

/**
 * A page of the workspace's rows, newest first.
 * @param wanted.which a condition of the table's own; all rows without one.
 * @throws BadCursorError
 */
export async function newestPage<
  Name extends DatedTableName,
  Item extends { readonly id: string; readonly createdAt: number },
>(
  db: Db,
  table: Name,
  toItem: (row: Selectable<Database[Name]>) => Item,
  {
    workspace,
    page,
    which,
  }: { readonly workspace: string; readonly page: PageRequest; readonly which?: RawBuilder<SqlBool> },
): Promise<Page<Item>> {
  // Kysely cannot type a query over a table that is a type parameter; `$castTo` gives the whole row its type back.
  const rows = await (db as unknown as Kysely<Record<DatedTableName, DatedColumns>>)
    .selectFrom<DatedTableName>(table)
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
    .$if(which !== undefined, (query) => (which === undefined ? query : query.where(which)))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .$castTo<Selectable<Database[Name]>>()
    .execute()
  return toPage(rows.map(toItem), page, (item) => item.createdAt)
}
