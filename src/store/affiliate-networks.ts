import type { Selectable } from 'kysely'
import type { DuplicatePolicy, StatusMap } from '../domain/conversion-types.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type AffiliateNetworkFields = {
  readonly name: string
  /** Query parameter appended to offer URLs with the click id; '' for none. */
  readonly clickIdParam: string
  /** Secret that its hits must carry in `token`; '' for none. */
  readonly token: string
  /** HMAC-SHA256 secret of `sig`; '' for unsigned. */
  readonly signingSecret: string
  /** Addresses and CIDR ranges hits may come from; empty for any. */
  readonly ipAllowlist: readonly string[]
  /** Domains a pixel's referrer may have; empty for any. */
  readonly referrerAllowlist: readonly string[]
  readonly statusMap: StatusMap
  readonly duplicatePolicy: DuplicatePolicy
  /** Event (as the offer spells it) → its own policy. */
  readonly eventPolicies: Readonly<Record<string, DuplicatePolicy>>
  /** Name of the template it was made from; '' for none. */
  readonly template: string
  /** ISO 4217: of amounts that come without a currency. */
  readonly currency: string
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
  get: getAffiliateNetwork,
  list: listAffiliateNetworks,
} = ownedTable({ table: 'affiliate_networks', toItem: toAffiliateNetwork, toColumns })

export function toAffiliateNetwork(row: Selectable<Database['affiliate_networks']>): AffiliateNetwork {
  return {
    ...toOwned(row),
    name: row.name,
    clickIdParam: row.click_id_param,
    token: row.token,
    signingSecret: row.signing_secret,
    ipAllowlist: JSON.parse(row.ip_allowlist_json),
    referrerAllowlist: JSON.parse(row.referrer_allowlist_json),
    statusMap: JSON.parse(row.status_map_json),
    duplicatePolicy: row.duplicate_policy,
    eventPolicies: JSON.parse(row.event_policies_json),
    template: row.template,
    currency: row.currency,
    clickToConversionMinMs: row.click_to_conversion_min_ms,
    clickToConversionMaxMs: row.click_to_conversion_max_ms,
  }
}

function toColumns(fields: AffiliateNetworkFields) {
  return {
    name: fields.name,
    click_id_param: fields.clickIdParam,
    token: fields.token,
    signing_secret: fields.signingSecret,
    ip_allowlist_json: JSON.stringify(fields.ipAllowlist),
    referrer_allowlist_json: JSON.stringify(fields.referrerAllowlist),
    status_map_json: JSON.stringify(fields.statusMap),
    duplicate_policy: fields.duplicatePolicy,
    event_policies_json: JSON.stringify(fields.eventPolicies),
    template: fields.template,
    currency: fields.currency,
    click_to_conversion_min_ms: fields.clickToConversionMinMs,
    click_to_conversion_max_ms: fields.clickToConversionMaxMs,
  }
}
