import type { Selectable } from 'kysely'
import { changeConfiguration } from './config-version.ts'
import { newId } from './ids.ts'
import { type Owned, type OwnedId, toOwned } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

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

export async function createOffer(
  db: Db,
  workspace: string,
  fields: OfferFields,
  now: number,
): Promise<Offer> {
  const owned = { id: newId(), workspace, createdAt: now, updatedAt: now, archivedAt: null }
  return await changeConfiguration(db, async (trx) => {
    await trx
      .insertInto('offers')
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

/** Changes the given fields; undefined when the workspace has no such offer. */
export async function updateOffer(
  db: Db,
  key: OwnedId,
  changes: Partial<OfferFields>,
  now: number,
): Promise<Offer | undefined> {
  return await inTransaction(db, async (trx) => {
    const current = await getOffer(trx, key)
    if (current === undefined) return undefined
    const changed = { ...current, ...changes, updatedAt: now }
    await changeConfiguration(trx, () =>
      trx
        .updateTable('offers')
        .set({ ...toColumns(changed), updated_at: now })
        .where('id', '=', key.id)
        .where('workspace', '=', key.workspace)
        .execute(),
    )
    return changed
  })
}

/** Takes it out of use and keeps it for reports; false when the workspace has none in use by that id. */
export async function archiveOffer(db: Db, key: OwnedId, now: number): Promise<boolean> {
  return await changeConfiguration(db, async (trx) => {
    const result = await trx
      .updateTable('offers')
      .set({ archived_at: now, updated_at: now })
      .where('id', '=', key.id)
      .where('workspace', '=', key.workspace)
      .where('archived_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  })
}

/** Also when archived: what was recorded still names it. */
export async function getOffer(db: Db, key: OwnedId): Promise<Offer | undefined> {
  const row = await db
    .selectFrom('offers')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toOffer(row)
}

/** Those in use, newest first. */
export async function listOffers(db: Db, workspace: string, page: PageRequest): Promise<Page<Offer>> {
  const rows = await db
    .selectFrom('offers')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toOffer), page, (item) => item.createdAt)
}

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
