import type { Selectable } from 'kysely'
import type { AffiliatePayment, AffiliateStatus, BillingAddress } from '../domain/affiliate.ts'
import { type Owned, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import type { Database } from './schema.ts'

export type AffiliateFields = {
  readonly name: string
  readonly status: AffiliateStatus
  /** Why it has this status, when a person said so. */
  readonly statusReason: string
  readonly email: string
  /** The member of the workspace who looks after it; '' for none. */
  readonly managerId: string
  /** The affiliate that brought it; '' for none. */
  readonly referrerId: string
  /** Share of its payouts that the referrer earns, percent. */
  readonly referralPercent: number
  /** Which of an offer's payout tiers it has; '' for none. */
  readonly tier: string
  readonly tags: readonly string[]
  /** Values of `source` or `sub1` whose visits are not taken. */
  readonly blockedSources: readonly string[]
  readonly payment: AffiliatePayment
  readonly billing: BillingAddress
  /** For the network's own people; the affiliate never sees it. */
  readonly note: string
  readonly legacyIds: readonly string[]
  /** When it accepted the network's agreement, Unix milliseconds; null when it has not. */
  readonly acceptedTermsAt: number | null
}

/** Who sends visits to a network's offers and is paid a payout. */
export type Affiliate = Owned & AffiliateFields

export const {
  create: createAffiliate,
  update: updateAffiliate,
  archive: archiveAffiliate,
  get: getAffiliate,
  list: listAffiliates,
} = ownedTable({ table: 'affiliates', toItem: toAffiliate, toColumns })

export function toAffiliate(row: Selectable<Database['affiliates']>): Affiliate {
  return {
    ...toOwned(row),
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    email: row.email,
    managerId: row.manager_id,
    referrerId: row.referrer_id,
    referralPercent: row.referral_percent,
    tier: row.tier,
    tags: JSON.parse(row.tags_json),
    blockedSources: JSON.parse(row.blocked_sources_json),
    payment: JSON.parse(row.payment_json),
    billing: JSON.parse(row.billing_json),
    note: row.note,
    legacyIds: JSON.parse(row.legacy_ids_json),
    acceptedTermsAt: row.accepted_terms_at,
  }
}

function toColumns(fields: AffiliateFields) {
  return {
    name: fields.name,
    status: fields.status,
    status_reason: fields.statusReason,
    email: fields.email,
    manager_id: fields.managerId,
    referrer_id: fields.referrerId,
    referral_percent: fields.referralPercent,
    tier: fields.tier,
    tags_json: JSON.stringify(fields.tags),
    blocked_sources_json: JSON.stringify(fields.blockedSources),
    payment_json: JSON.stringify(fields.payment),
    billing_json: JSON.stringify(fields.billing),
    note: fields.note,
    legacy_ids_json: JSON.stringify(fields.legacyIds),
    accepted_terms_at: fields.acceptedTermsAt,
  }
}
