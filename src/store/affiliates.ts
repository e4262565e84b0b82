import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { AffiliatePayment, AffiliateStatus, BillingAddress } from '../domain/affiliate.ts'
import { type Owned, type OwnedPageRequest, ownedIs, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import { afterCursor, type Page, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

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
  restore: restoreAffiliate,
  get: getAffiliate,
} = ownedTable({ table: 'affiliates', toItem: toAffiliate, toColumns })

/** What is absent is not asked for. */
export type AffiliateFilter = {
  readonly status?: AffiliateStatus | undefined
  readonly tag?: string | undefined
  /** '' for those that nobody looks after. */
  readonly managerId?: string | undefined
  /** Part of the name or of the e-mail address, in any case. */
  readonly search?: string | undefined
}

/**
 * Those that fit, in use or, when asked, out of use, newest first.
 * @throws BadCursorError
 */
export async function findAffiliates(
  db: Db,
  workspace: string,
  filter: AffiliateFilter,
  { archived, ids, ...page }: Omit<OwnedPageRequest, 'search'>,
): Promise<Page<Affiliate>> {
  const { status, tag, managerId, search } = filter
  let query = db
    .selectFrom('affiliates')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(ownedIs({ archived, ids }))
    .where(afterCursor('created_at', page.cursor))
  if (status !== undefined) query = query.where('status', '=', status)
  if (managerId !== undefined) query = query.where('manager_id', '=', managerId)
  if (tag !== undefined) query = query.where(hasTag(tag))
  if (search !== undefined) query = query.where(nameOrEmailHas(search))
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toAffiliate), page, (item) => item.createdAt)
}

/** By id, those out of use too; one that the workspace does not have is absent. */
export async function affiliatesByIds(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Affiliate>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('affiliates')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, toAffiliate(row)]))
}

/** Nobody looks after the manager's affiliates from now on; edges need not know. */
export async function releaseAffiliates(
  db: Db,
  { workspace, managerId }: { readonly workspace: string; readonly managerId: string },
  now: number,
): Promise<void> {
  await db
    .updateTable('affiliates')
    .set({ manager_id: '', updated_at: now })
    .where('workspace', '=', workspace)
    .where('manager_id', '=', managerId)
    .execute()
}

/** Both engines find a text in a text so, in the case that it has, without a pattern that must be escaped. */
function hasTag(tag: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`replace(tags_json, ${JSON.stringify(tag)}, '') <> tags_json`
}

function nameOrEmailHas(search: string): RawBuilder<SqlBool> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
  return sql<SqlBool>`(lower(name) like lower(${pattern}) escape '\\'
    or lower(email) like lower(${pattern}) escape '\\')`
}

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
