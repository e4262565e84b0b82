import type { Selectable } from 'kysely'
import type { BillingAddress } from '../domain/affiliate.ts'
import type { DuplicatePolicy, StatusMap } from '../domain/conversion-types.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type AdvertiserFields = {
  readonly name: string
  readonly status: 'active' | 'paused'
  readonly email: string
  readonly billing: BillingAddress
  /** Query parameter appended to offer URLs with the click id; '' for none. */
  readonly clickIdParam: string
  /** Secret that its hits must carry in `token`; '' while none is enforced. */
  readonly token: string
  /** A new secret, accepted already and not asked for yet; '' for none. */
  readonly nextToken: string
  /** HMAC-SHA256 secret of `sig`; '' for unsigned. */
  readonly signingSecret: string
  /** Addresses and CIDR ranges its postbacks may come from; empty for any. */
  readonly ipAllowlist: readonly string[]
  /** Domains a pixel's referrer may have; empty for any. */
  readonly referrerAllowlist: readonly string[]
  readonly statusMap: StatusMap
  readonly duplicatePolicy: DuplicatePolicy
  /** Event → its own policy. */
  readonly eventPolicies: Readonly<Record<string, DuplicatePolicy>>
  /** ISO 4217: of amounts that come without a currency. */
  readonly currency: string
  readonly tags: readonly string[]
  readonly note: string
}

/** Who pays the network's user for conversions of its offers. */
export type Advertiser = Owned & AdvertiserFields

export const {
  create: createAdvertiser,
  update: updateAdvertiser,
  archive: archiveAdvertiser,
  get: getAdvertiser,
  list: listAdvertisers,
} = ownedTable({ table: 'advertisers', toItem: toAdvertiser, toColumns })

export function toAdvertiser(row: Selectable<Database['advertisers']>): Advertiser {
  return {
    ...toOwned(row),
    name: row.name,
    status: row.status,
    email: row.email,
    billing: JSON.parse(row.billing_json),
    clickIdParam: row.click_id_param,
    token: row.token,
    nextToken: row.next_token,
    signingSecret: row.signing_secret,
    ipAllowlist: JSON.parse(row.ip_allowlist_json),
    referrerAllowlist: JSON.parse(row.referrer_allowlist_json),
    statusMap: JSON.parse(row.status_map_json),
    duplicatePolicy: row.duplicate_policy,
    eventPolicies: JSON.parse(row.event_policies_json),
    currency: row.currency,
    tags: JSON.parse(row.tags_json),
    note: row.note,
  }
}

function toColumns(fields: AdvertiserFields) {
  return {
    name: fields.name,
    status: fields.status,
    email: fields.email,
    billing_json: JSON.stringify(fields.billing),
    click_id_param: fields.clickIdParam,
    token: fields.token,
    next_token: fields.nextToken,
    signing_secret: fields.signingSecret,
    ip_allowlist_json: JSON.stringify(fields.ipAllowlist),
    referrer_allowlist_json: JSON.stringify(fields.referrerAllowlist),
    status_map_json: JSON.stringify(fields.statusMap),
    duplicate_policy: fields.duplicatePolicy,
    event_policies_json: JSON.stringify(fields.eventPolicies),
    currency: fields.currency,
    tags_json: JSON.stringify(fields.tags),
    note: fields.note,
  }
}
