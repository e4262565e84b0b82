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
  /** Name of the template it was made from; '' for none. */
  readonly template: string
  /** IANA name: where the source's own days begin; '' for the workspace's. */
  readonly timeZone: string
  /** Of the visits that the source bills, how many never arrive: 0 to below 100. */
  readonly trafficLossPercent: number
}

/** Where a tracker buys visits. */
export type TrafficSource = Owned & TrafficSourceFields

export const {
  create: createTrafficSource,
  update: updateTrafficSource,
  archive: archiveTrafficSource,
  restore: restoreTrafficSource,
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
    template: row.template,
    timeZone: row.time_zone,
    trafficLossPercent: row.traffic_loss_percent,
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
    template: fields.template,
    time_zone: fields.timeZone,
    traffic_loss_percent: fields.trafficLossPercent,
  }
}
