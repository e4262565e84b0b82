import type { Selectable } from 'kysely'
import type { DuplicatePolicy, StatusMap } from '../domain/conversion-types.ts'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { type Owned, type OwnedId, toOwned } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

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
  /** ISO 4217: of amounts that come without a currency. */
  readonly currency: string
  readonly clickToConversionMinMs: number
  /** 0 for no maximum. */
  readonly clickToConversionMaxMs: number
}

/** Who pays the tracker's user for conversions of its offers. */
export type AffiliateNetwork = Owned & AffiliateNetworkFields

export async function createAffiliateNetwork(
  db: Db,
  workspace: string,
  fields: AffiliateNetworkFields,
  now: number,
): Promise<AffiliateNetwork> {
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await trx
      .insertInto('affiliate_networks')
      .values({
        id: owned.id,
        workspace,
        created_at: now,
        updated_at: now,
        archived_at: null,
        ...toColumns(fields),
      })
      .execute()
    return { ...owned, ...fields }
  })
}

/** Changes the given fields; undefined when the workspace has no such affiliate network. */
export async function updateAffiliateNetwork(
  db: Db,
  key: OwnedId,
  changes: Partial<AffiliateNetworkFields>,
  now: number,
): Promise<AffiliateNetwork | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getAffiliateNetwork(trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('affiliate_networks')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

/** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
export async function archiveAffiliateNetwork(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await trx
      .updateTable('affiliate_networks')
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

/** Also when archived: what was recorded still names it. */
export async function getAffiliateNetwork(db: Db, key: OwnedId): Promise<AffiliateNetwork | undefined> {
  const row = await db
    .selectFrom('affiliate_networks')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toAffiliateNetwork(row)
}

/** Those in use, newest first. */
export async function listAffiliateNetworks(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<AffiliateNetwork>> {
  const rows = await db
    .selectFrom('affiliate_networks')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toAffiliateNetwork), page, (item) => item.createdAt)
}

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
    currency: fields.currency,
    click_to_conversion_min_ms: fields.clickToConversionMinMs,
    click_to_conversion_max_ms: fields.clickToConversionMaxMs,
  }
}
