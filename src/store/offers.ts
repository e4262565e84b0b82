import type { Selectable } from 'kysely'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type OfferFields = {
  readonly name: string
  /** '' when the offer belongs to no network. */
  readonly affiliateNetworkId: string
  /** With macros. */
  readonly url: string
  /** Fixed amount per conversion; null: the amount comes with the hit. */
  readonly payoutMicros: number | null
  readonly currency: string
  readonly defaultEvent: string
  /** Known events; empty for any. */
  readonly events: readonly string[]
  /** Conversions per UTC day; null for no cap. */
  readonly dailyCap: number | null
}

/** A page that converts. */
export type Offer = Owned & OfferFields

export const {
  create: createOffer,
  update: updateOffer,
  archive: archiveOffer,
  get: getOffer,
  list: listOffers,
} = ownedTable({ table: 'offers', toItem: toOffer, toColumns })

export function toOffer(row: Selectable<Database['offers']>): Offer {
  return {
    ...toOwned(row),
    name: row.name,
    affiliateNetworkId: row.affiliate_network_id,
    url: row.url,
    payoutMicros: row.payout_micros,
    currency: row.currency,
    defaultEvent: row.default_event,
    events: JSON.parse(row.events_json),
    dailyCap: row.daily_cap,
  }
}

function toColumns(fields: OfferFields) {
  return {
    name: fields.name,
    affiliate_network_id: fields.affiliateNetworkId,
    url: fields.url,
    payout_micros: fields.payoutMicros,
    currency: fields.currency,
    default_event: fields.defaultEvent,
    events_json: JSON.stringify(fields.events),
    daily_cap: fields.dailyCap,
  }
}
