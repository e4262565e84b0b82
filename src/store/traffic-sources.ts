import type { Selectable } from 'kysely'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { type Owned, type OwnedId, toOwned } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

export type TrafficSourceFields = {
  readonly name: string
  /** Query parameter that carries the source's own click id, and the source's macro that fills it; '' for none. */
  readonly externalIdParam: string
  readonly externalIdMacro: string
  /** The same of the price of the visit. */
  readonly costParam: string
  readonly costMacro: string
  /** Of the price, ISO 4217. */
  readonly currency: string
  readonly tokens: readonly { readonly name: string; readonly param: string; readonly macro: string }[]
}

/** Where a tracker buys visits. */
export type TrafficSource = Owned & TrafficSourceFields

export async function createTrafficSource(
  db: Db,
  workspace: string,
  fields: TrafficSourceFields,
  now: number,
): Promise<TrafficSource> {
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await trx
      .insertInto('traffic_sources')
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

/** Changes the given fields; undefined when the workspace has no such traffic source. */
export async function updateTrafficSource(
  db: Db,
  key: OwnedId,
  changes: Partial<TrafficSourceFields>,
  now: number,
): Promise<TrafficSource | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getTrafficSource(trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('traffic_sources')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

/** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
export async function archiveTrafficSource(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await trx
      .updateTable('traffic_sources')
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

/** Also when archived: what was recorded still names it. */
export async function getTrafficSource(db: Db, key: OwnedId): Promise<TrafficSource | undefined> {
  const row = await db
    .selectFrom('traffic_sources')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toTrafficSource(row)
}

/** Those in use, newest first. */
export async function listTrafficSources(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<TrafficSource>> {
  const rows = await db
    .selectFrom('traffic_sources')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toTrafficSource), page, (item) => item.createdAt)
}

export function toTrafficSource(row: Selectable<Database['traffic_sources']>): TrafficSource {
  return {
    ...toOwned(row),
    name: row.name,
    externalIdParam: row.external_id_param,
    externalIdMacro: row.external_id_macro,
    costParam: row.cost_param,
    costMacro: row.cost_macro,
    currency: row.currency,
    tokens: JSON.parse(row.tokens_json),
  }
}

function toColumns(fields: TrafficSourceFields) {
  return {
    name: fields.name,
    external_id_param: fields.externalIdParam,
    external_id_macro: fields.externalIdMacro,
    cost_param: fields.costParam,
    cost_macro: fields.costMacro,
    currency: fields.currency,
    tokens_json: JSON.stringify(fields.tokens),
  }
}
