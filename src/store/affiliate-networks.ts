import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'
import { type SenderFields, toSenderColumns, toSenderFields } from './sender-fields.ts'

export type AffiliateNetworkFields = SenderFields & {
  readonly name: string
  /** Name of the template it was made from; '' for none. */
  readonly template: string
  readonly clickToConversionMinMs: number
  /** 0 for no maximum. */
  readonly clickToConversionMaxMs: number
}

/** Who pays the tracker's user for conversions of its offers. */
export type AffiliateNetwork = Owned & AffiliateNetworkFields

export const {
  create: createAffiliateNetwork,
  update: updateAffiliateNetwork,
  archive: archiveAffiliateNetwork,
  restore: restoreAffiliateNetwork,
  get: getAffiliateNetwork,
  list: listAffiliateNetworks,
} = ownedTable({ table: 'affiliate_networks', toItem: toAffiliateNetwork, toColumns })

export function toAffiliateNetwork(row: Selectable<Database['affiliate_networks']>): AffiliateNetwork {
  return {
    ...toOwned(row),
    ...toSenderFields(row),
    name: row.name,
    template: row.template,
    clickToConversionMinMs: row.click_to_conversion_min_ms,
    clickToConversionMaxMs: row.click_to_conversion_max_ms,
  }
}

function toColumns(fields: AffiliateNetworkFields) {
  return {
    ...toSenderColumns(fields),
    name: fields.name,
    template: fields.template,
    click_to_conversion_min_ms: fields.clickToConversionMinMs,
    click_to_conversion_max_ms: fields.clickToConversionMaxMs,
  }
}
