import type { Selectable } from 'kysely'
import type { SnapshotLander } from '../domain/snapshot.ts'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { type Owned, type OwnedId, toOwned } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

export type LanderFields = Omit<SnapshotLander, 'id' | 'workspace'>

/** The page between campaign and offer. */
export type Lander = Owned & LanderFields

export async function createLander(
  db: Db,
  workspace: string,
  fields: LanderFields,
  now: number,
): Promise<Lander> {
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await trx
      .insertInto('landers')
      .values({
        id: owned.id,
        workspace,
        created_at: now,
        updated_at: now,
        archived_at: null,
        ...toColumns(fields),
      })
      .execute()
    return { ...owned, ...fields }
  })
}

/** Changes the given fields; undefined when the workspace has no such lander. */
export async function updateLander(
  db: Db,
  key: OwnedId,
  changes: Partial<LanderFields>,
  now: number,
): Promise<Lander | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getLander(trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('landers')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

/** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
export async function archiveLander(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await trx
      .updateTable('landers')
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

/** Also when archived: what was recorded still names it. */
export async function getLander(db: Db, key: OwnedId): Promise<Lander | undefined> {
  const row = await db
    .selectFrom('landers')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toLander(row)
}

/** Those in use, newest first. */
export async function listLanders(db: Db, workspace: string, page: PageRequest): Promise<Page<Lander>> {
  const rows = await db
    .selectFrom('landers')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toLander), page, (item) => item.createdAt)
}

export function toLander(row: Selectable<Database['landers']>): Lander {
  return {
    ...toOwned(row),
    name: row.name,
    url: row.url,
    ctaCount: row.cta_count,
  }
}

function toColumns(fields: LanderFields) {
  return {
    name: fields.name,
    url: fields.url,
    cta_count: fields.ctaCount,
  }
}
