import type { Selectable } from 'kysely'
import type { SnapshotCampaign } from '../domain/snapshot.ts'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { type Owned, type OwnedId, toOwned } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

export type CampaignFields = Omit<SnapshotCampaign, 'id' | 'workspace'>

/** A tracker's tracking link: one traffic source, a flow, a cost model. */
export type Campaign = Owned & CampaignFields

export async function createCampaign(
  db: Db,
  workspace: string,
  fields: CampaignFields,
  now: number,
): Promise<Campaign> {
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await trx
      .insertInto('campaigns')
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

/** Changes the given fields; undefined when the workspace has no such campaign. */
export async function updateCampaign(
  db: Db,
  key: OwnedId,
  changes: Partial<CampaignFields>,
  now: number,
): Promise<Campaign | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getCampaign(trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('campaigns')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

/** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
export async function archiveCampaign(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await trx
      .updateTable('campaigns')
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

/** Also when archived: what was recorded still names it. */
export async function getCampaign(db: Db, key: OwnedId): Promise<Campaign | undefined> {
  const row = await db
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toCampaign(row)
}

/** Those in use, newest first. */
export async function listCampaigns(db: Db, workspace: string, page: PageRequest): Promise<Page<Campaign>> {
  const rows = await db
    .selectFrom('campaigns')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toCampaign), page, (item) => item.createdAt)
}

export function toCampaign(row: Selectable<Database['campaigns']>): Campaign {
  return {
    ...toOwned(row),
    slug: row.slug,
    name: row.name,
    status: row.status,
    trafficSourceId: row.traffic_source_id,
    redirectMode: row.redirect_mode,
    costModel: JSON.parse(row.cost_model_json),
    fallbackUrl: row.fallback_url,
    paths: JSON.parse(row.paths_json),
  }
}

function toColumns(fields: CampaignFields) {
  return {
    slug: fields.slug,
    name: fields.name,
    status: fields.status,
    traffic_source_id: fields.trafficSourceId,
    redirect_mode: fields.redirectMode,
    cost_model_json: JSON.stringify(fields.costModel),
    fallback_url: fields.fallbackUrl,
    paths_json: JSON.stringify(fields.paths),
  }
}
