import type { Selectable } from 'kysely'
import type { OfferCaps, PayoutMode } from '../domain/conversion-types.ts'
import { DEFAULT_TERMS, type OfferTerms } from '../domain/offer-terms.ts'
import { type Owned, type OwnedPageRequest, ownedIs, toOwned } from './owned.ts'
import { ownedTable } from './owned-table.ts'
import { afterCursor, type Page, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

export type OfferFields = {
  readonly name: string
  /** '' when the offer belongs to no network. */
  readonly affiliateNetworkId: string
  /** With macros; '' when the offer is a campaign. */
  readonly url: string
  /** The campaign that visitors go on through; '' for an offer with a URL. */
  readonly campaignId: string
  readonly payoutMode: PayoutMode
  /** Amount per conversion: of those that name none, or of all; null: it comes with the hit. */
  readonly payoutMicros: number | null
  readonly currency: string
  readonly defaultEvent: string
  /** Known events; empty for any. */
  readonly events: readonly string[]
  readonly caps: OfferCaps
  /** Where visitors go that it does not take; '' for another offer of the path, or the fallback. */
  readonly fallbackOfferId: string
  /** ISO 3166-1 alpha-2 of the visitors it takes; empty for all. */
  readonly countries: readonly string[]
  readonly tags: readonly string[]
  /** Ids that it has in the links of other systems, e.g. 'prosper202:1234'. */
  readonly legacyIds: readonly string[]
  /** '' for an offer of an affiliate network, or of nobody. */
  readonly advertiserId: string
  /** Of an advertiser's offer; null for any other. */
  readonly terms: OfferTerms | null
}

/** A page that converts. */
export type Offer = Owned & OfferFields

export const {
  create: createOffer,
  update: updateOffer,
  archive: archiveOffer,
  restore: restoreOffer,
  get: getOffer,
} = ownedTable({ table: 'offers', toItem: toOffer, toColumns })

/** network: of advertisers; tracker: of affiliate networks, or of nobody. */
export const OFFER_KINDS = ['network', 'tracker'] as const

type OfferFilter = {
  readonly advertiserId?: string | undefined
  readonly kind?: (typeof OFFER_KINDS)[number] | undefined
}

/**
 * Those in use, or those that are not when asked, newest first.
 * @throws BadCursorError
 */
export async function listOffers(
  db: Db,
  workspace: string,
  { advertiserId, kind, archived, search, ids, ...page }: OwnedPageRequest & OfferFilter,
): Promise<Page<Offer>> {
  let query = db
    .selectFrom('offers')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(ownedIs({ archived, search, ids }))
    .where(afterCursor('created_at', page.cursor))
  if (advertiserId !== undefined) query = query.where('advertiser_id', '=', advertiserId)
  if (kind !== undefined) query = query.where('advertiser_id', kind === 'network' ? '<>' : '=', '')
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toOffer), page, (offer) => offer.createdAt)
}

/** Whether the workspace has, or ever had, an offer of an advertiser. */
export async function hasTerms(db: Db, workspace: string): Promise<boolean> {
  const offer = await db
    .selectFrom('offers')
    .select('id')
    .where('workspace', '=', workspace)
    .where('advertiser_id', '<>', '')
    .limit(1)
    .executeTakeFirst()
  return offer !== undefined
}

export function toOffer(row: Selectable<Database['offers']>): Offer {
  return {
    ...toOwned(row),
    name: row.name,
    affiliateNetworkId: row.affiliate_network_id,
    url: row.url,
    campaignId: row.campaign_id,
    payoutMode: row.payout_mode,
    payoutMicros: row.payout_micros,
    currency: row.currency,
    defaultEvent: row.default_event,
    events: JSON.parse(row.events_json),
    caps: {
      daily: row.daily_cap,
      monthly: row.monthly_cap,
      total: row.total_cap,
      timeZone: row.cap_time_zone,
    },
    fallbackOfferId: row.fallback_offer_id,
    countries: JSON.parse(row.countries_json),
    tags: JSON.parse(row.tags_json),
    legacyIds: JSON.parse(row.legacy_ids_json),
    advertiserId: row.advertiser_id,
    terms: row.advertiser_id === '' ? null : { ...DEFAULT_TERMS, ...JSON.parse(row.terms_json) },
  }
}

function toColumns(fields: OfferFields) {
  return {
    name: fields.name,
    affiliate_network_id: fields.affiliateNetworkId,
    url: fields.url,
    campaign_id: fields.campaignId,
    payout_mode: fields.payoutMode,
    payout_micros: fields.payoutMicros,
    currency: fields.currency,
    default_event: fields.defaultEvent,
    events_json: JSON.stringify(fields.events),
    daily_cap: fields.caps.daily,
    monthly_cap: fields.caps.monthly,
    total_cap: fields.caps.total,
    cap_time_zone: fields.caps.timeZone,
    fallback_offer_id: fields.fallbackOfferId,
    countries_json: JSON.stringify(fields.countries),
    tags_json: JSON.stringify(fields.tags),
    legacy_ids_json: JSON.stringify(fields.legacyIds),
    advertiser_id: fields.advertiserId,
    terms_json: JSON.stringify(fields.terms),
  }
}
