import type { Selectable } from 'kysely'
import type { SnapshotCampaign } from '../domain/snapshot.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type CampaignFields = Omit<SnapshotCampaign, 'id' | 'workspace'>

/** A tracker's tracking link: one traffic source, a flow, a cost model. */
export type Campaign = Owned & CampaignFields

export const {
  create: createCampaign,
  update: updateCampaign,
  archive: archiveCampaign,
  get: getCampaign,
  list: listCampaigns,
} = ownedTable({ table: 'campaigns', toItem: toCampaign, toColumns })

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
