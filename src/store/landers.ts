import type { Selectable } from 'kysely'
import type { SnapshotLander } from '../domain/snapshot.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type LanderFields = Omit<SnapshotLander, 'id' | 'workspace'> & { readonly tags: readonly string[] }

/** The page between campaign and offer. */
export type Lander = Owned & LanderFields

export const {
  create: createLander,
  update: updateLander,
  archive: archiveLander,
  restore: restoreLander,
  get: getLander,
  list: listLanders,
} = ownedTable({ table: 'landers', toItem: toLander, toColumns })

export function toLander(row: Selectable<Database['landers']>): Lander {
  return {
    ...toOwned(row),
    name: row.name,
    url: row.url,
    ctaCount: row.cta_count,
    protection:
      row.protection_secret === ''
        ? null
        : { secret: row.protection_secret, minutes: row.protection_minutes },
    tags: JSON.parse(row.tags_json),
    legacyIds: JSON.parse(row.legacy_ids_json),
  }
}

function toColumns(fields: LanderFields) {
  return {
    name: fields.name,
    url: fields.url,
    cta_count: fields.ctaCount,
    protection_secret: fields.protection?.secret ?? '',
    protection_minutes: fields.protection?.minutes ?? 0,
    tags_json: JSON.stringify(fields.tags),
    legacy_ids_json: JSON.stringify(fields.legacyIds),
  }
}
