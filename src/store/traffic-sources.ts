import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

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

export const {
  create: createTrafficSource,
  update: updateTrafficSource,
  archive: archiveTrafficSource,
  get: getTrafficSource,
  list: listTrafficSources,
} = ownedTable({ table: 'traffic_sources', toItem: toTrafficSource, toColumns })

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
