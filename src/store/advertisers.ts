import type { Selectable } from 'kysely'
import type { BillingAddress } from '../domain/affiliate.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'
import { type SenderFields, toSenderColumns, toSenderFields } from './sender-fields.ts'

export type AdvertiserFields = SenderFields & {
  readonly name: string
  readonly status: 'active' | 'paused'
  readonly email: string
  readonly billing: BillingAddress
  /** A new secret, accepted already and not asked for yet; '' for none. */
  readonly nextToken: string
  readonly tags: readonly string[]
  readonly note: string
}

/** Who pays the network's user for conversions of its offers. */
export type Advertiser = Owned & AdvertiserFields

export const {
  create: createAdvertiser,
  update: updateAdvertiser,
  archive: archiveAdvertiser,
  restore: restoreAdvertiser,
  get: getAdvertiser,
  list: listAdvertisers,
} = ownedTable({ table: 'advertisers', toItem: toAdvertiser, toColumns })

export function toAdvertiser(row: Selectable<Database['advertisers']>): Advertiser {
  return {
    ...toOwned(row),
    ...toSenderFields(row),
    name: row.name,
    status: row.status,
    email: row.email,
    billing: JSON.parse(row.billing_json),
    nextToken: row.next_token,
    tags: JSON.parse(row.tags_json),
    note: row.note,
  }
}

function toColumns(fields: AdvertiserFields) {
  return {
    ...toSenderColumns(fields),
    name: fields.name,
    status: fields.status,
    email: fields.email,
    billing_json: JSON.stringify(fields.billing),
    next_token: fields.nextToken,
    tags_json: JSON.stringify(fields.tags),
    note: fields.note,
  }
}
