import { type Selectable, sql } from 'kysely'
import type { ApplicationState, CustomPayouts } from '../domain/affiliate.ts'
import type { AffiliateCaps } from '../domain/offer-terms.ts'
import { nextConfigVersion } from './config-version.ts'
import type { Database } from './schema.ts'
import { type Db, inTransaction } from './transaction.ts'

/** Where one affiliate stands with one offer: its application, and what was agreed on with it alone. */
export type AffiliateOffer = AffiliateOfferKey &
  AffiliateOfferFields & {
    readonly createdAt: number
    readonly updatedAt: number
    /** Configuration version of its last change. */
    readonly version: number
  }

export type AffiliateOfferKey = {
  readonly workspace: string
  readonly offerId: string
  readonly affiliateId: string
}

export type AffiliateOfferFields = {
  readonly state: ApplicationState
  /** What the affiliate wrote. */
  readonly message: string
  /** Why it was refused. */
  readonly reason: string
  /** When it accepted the offer's agreement, Unix milliseconds; null when it has not. */
  readonly acceptedAt: number | null
  readonly payouts: CustomPayouts
  /** Caps of its own; null for the offer's. */
  readonly caps: AffiliateCaps | null
}

/** Pairs of one question: both engines' limits of parameters are far above it. */
const PAIRS_PER_QUERY = 500

export const NEW_APPLICATION: AffiliateOfferFields = {
  state: 'pending',
  message: '',
  reason: '',
  acceptedAt: null,
  payouts: {},
  caps: null,
}

/** Until the row's transaction knows its version. */
const UNSEEN = 0

export async function getAffiliateOffer(db: Db, key: AffiliateOfferKey): Promise<AffiliateOffer | undefined> {
  const row = await db
    .selectFrom('affiliate_offers')
    .selectAll()
    .where('offer_id', '=', key.offerId)
    .where('affiliate_id', '=', key.affiliateId)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toAffiliateOffer(row)
}

/** The rows of the pairs, by `affiliateOfferName`; a pair without one is absent. */
export async function loadAffiliateOffers(
  db: Db,
  keys: readonly Omit<AffiliateOfferKey, 'workspace'>[],
): Promise<Map<string, AffiliateOffer>> {
  const wanted = [...new Map(keys.map((key) => [affiliateOfferName(key), key])).values()]
  const found = new Map<string, AffiliateOffer>()
  for (let start = 0; start < wanted.length; start += PAIRS_PER_QUERY) {
    const pairs = wanted
      .slice(start, start + PAIRS_PER_QUERY)
      .map(({ offerId, affiliateId }) => sql`(${offerId}, ${affiliateId})`)
    const rows = await db
      .selectFrom('affiliate_offers')
      .selectAll()
      .where(sql<boolean>`(offer_id, affiliate_id) in (values ${sql.join(pairs)})`)
      .execute()
    for (const item of rows.map(toAffiliateOffer)) found.set(affiliateOfferName(item), item)
  }
  return found
}

/** Ids hold no space. */
export function affiliateOfferName({ offerId, affiliateId }: Omit<AffiliateOfferKey, 'workspace'>): string {
  return `${offerId} ${affiliateId}`
}

/**
 * Writes the row as a whole; edges hear of it. The caller has read it in the same transaction. The row gets its version
 * last: the version's lock, once taken, holds up every other change (affiliate-offer-index.ts reads by it).
 */
export async function saveAffiliateOffer(
  db: Db,
  key: AffiliateOfferKey,
  fields: AffiliateOfferFields,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const changed = { ...toColumns(fields), updated_at: now }
    await trx
      .insertInto('affiliate_offers')
      .values({
        offer_id: key.offerId,
        affiliate_id: key.affiliateId,
        workspace: key.workspace,
        created_at: now,
        version: UNSEEN,
        ...changed,
      })
      .onConflict((conflict) => conflict.columns(['offer_id', 'affiliate_id']).doUpdateSet(changed))
      .execute()
    await trx
      .updateTable('affiliate_offers')
      .set({ version: await nextConfigVersion(trx) })
      .where('offer_id', '=', key.offerId)
      .where('affiliate_id', '=', key.affiliateId)
      .execute()
  })
}

function toColumns(fields: AffiliateOfferFields) {
  return {
    state: fields.state,
    message: fields.message,
    reason: fields.reason,
    accepted_at: fields.acceptedAt,
    payouts_json: JSON.stringify(fields.payouts),
    caps_json: JSON.stringify(fields.caps),
  }
}

export function toAffiliateOffer(row: Selectable<Database['affiliate_offers']>): AffiliateOffer {
  return {
    workspace: row.workspace,
    offerId: row.offer_id,
    affiliateId: row.affiliate_id,
    state: row.state,
    message: row.message,
    reason: row.reason,
    acceptedAt: row.accepted_at,
    payouts: JSON.parse(row.payouts_json),
    caps: JSON.parse(row.caps_json),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}
