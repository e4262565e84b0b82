import type { Selectable } from 'kysely'
import type { DuplicatePolicy, StatusMap } from '../domain/conversion-types.ts'
import type { Database } from './schema.ts'

/** How hits of somebody who reports conversions are told from others', and what its words mean. */
export type SenderFields = {
  /** Query parameter appended to offer URLs with the click id; '' for none. */
  readonly clickIdParam: string
  /** Secret that its postbacks must carry in `token`; '' while none is asked for. */
  readonly token: string
  /** HMAC-SHA256 secret of `sig`; '' for unsigned. */
  readonly signingSecret: string
  /** Addresses and CIDR ranges its postbacks may come from; empty for any. */
  readonly ipAllowlist: readonly string[]
  /** Domains a pixel's referrer may have; empty for any. */
  readonly referrerAllowlist: readonly string[]
  readonly statusMap: StatusMap
  readonly duplicatePolicy: DuplicatePolicy
  /** Event (as the offer spells it) → its own policy. */
  readonly eventPolicies: Readonly<Record<string, DuplicatePolicy>>
  /** ISO 4217: of amounts that come without a currency. */
  readonly currency: string
}

export function toSenderFields(
  row: Selectable<Database['advertisers' | 'affiliate_networks']>,
): SenderFields {
  return {
    clickIdParam: row.click_id_param,
    token: row.token,
    signingSecret: row.signing_secret,
    ipAllowlist: JSON.parse(row.ip_allowlist_json),
    referrerAllowlist: JSON.parse(row.referrer_allowlist_json),
    statusMap: JSON.parse(row.status_map_json),
    duplicatePolicy: row.duplicate_policy,
    eventPolicies: JSON.parse(row.event_policies_json),
    currency: row.currency,
  }
}

export function toSenderColumns(fields: SenderFields) {
  return {
    click_id_param: fields.clickIdParam,
    token: fields.token,
    signing_secret: fields.signingSecret,
    ip_allowlist_json: JSON.stringify(fields.ipAllowlist),
    referrer_allowlist_json: JSON.stringify(fields.referrerAllowlist),
    status_map_json: JSON.stringify(fields.statusMap),
    duplicate_policy: fields.duplicatePolicy,
    event_policies_json: JSON.stringify(fields.eventPolicies),
    currency: fields.currency,
  }
}
