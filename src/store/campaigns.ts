import type { Selectable } from 'kysely'
import type { Optimization } from '../domain/flow.ts'
import type { SnapshotCampaign } from '../domain/snapshot.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type CampaignFields = Omit<SnapshotCampaign, 'id' | 'workspace'> & {
  /** Of its own flow; a shared flow has its own. */
  readonly optimization: Optimization | null
  /** The host of its link; '' for the installation's. */
  readonly domainId: string
  readonly tags: readonly string[]
}

/** A tracker's tracking link: one traffic source, a flow, a cost model. */
export type Campaign = Owned & CampaignFields

export const {
  create: createCampaign,
  update: updateCampaign,
  archive: archiveCampaign,
  restore: restoreCampaign,
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
    flowId: row.flow_id,
    rules: JSON.parse(row.rules_json),
    paths: JSON.parse(row.paths_json),
    sticky: row.sticky,
    optimization: JSON.parse(row.optimization_json),
    uniqueHours: row.unique_hours,
    domainId: row.domain_id,
    tags: JSON.parse(row.tags_json),
    legacyIds: JSON.parse(row.legacy_ids_json),
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
    flow_id: fields.flowId,
    rules_json: JSON.stringify(fields.rules),
    paths_json: JSON.stringify(fields.paths),
    sticky: fields.sticky,
    optimization_json: JSON.stringify(fields.optimization),
    unique_hours: fields.uniqueHours,
    domain_id: fields.domainId,
    tags_json: JSON.stringify(fields.tags),
    legacy_ids_json: JSON.stringify(fields.legacyIds),
  }
}
