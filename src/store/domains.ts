import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type DomainFields = {
  /** The host, lower case, without port; in use in one workspace at most. */
  readonly name: string
  /** Whose visitors `/` are; '' for none. */
  readonly defaultCampaignId: string
  /** Where unknown links of the domain lead; '' for the workspace's fallback. */
  readonly fallbackUrl: string
}

/** A host name that visitors use. */
export type Domain = Owned & DomainFields

export const {
  create: createDomain,
  update: updateDomain,
  archive: archiveDomain,
  restore: restoreDomain,
  get: getDomain,
  list: listDomains,
} = ownedTable({ table: 'domains', toItem: toDomain, toColumns })

export function toDomain(row: Selectable<Database['domains']>): Domain {
  return {
    ...toOwned(row),
    name: row.name,
    defaultCampaignId: row.default_campaign_id,
    fallbackUrl: row.fallback_url,
  }
}

function toColumns(fields: DomainFields) {
  return {
    name: fields.name,
    default_campaign_id: fields.defaultCampaignId,
    fallback_url: fields.fallbackUrl,
  }
}
