import { type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { type AffiliateOffer, toAffiliateOffer } from './affiliate-offers.ts'
import { jsonText, likePart } from './json-text.ts'
import { type Offer, toOffer } from './offers.ts'
import type { SqlEngine, Store } from './open-store.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Whose portal it is: nothing below is reached without it. */
export type AffiliateKey = { readonly workspace: string; readonly affiliateId: string }

export type OfferSearch = {
  /** A part of the name, in any case; '' for any. */
  readonly search: string
  readonly tag: string
  /** ISO 3166-1 alpha-2: those that take visitors of it; '' for any. */
  readonly country: string
  /** Only those that the affiliate may run, also while they are paused or expired. */
  readonly mine: boolean
}

type OffersQuery = SelectQueryBuilder<Database, 'offers', object>
type OfferExpressions = ExpressionBuilder<Database, 'offers'>

/**
 * Offers of advertisers that the affiliate may see: those that are active, newest first; private ones only when it was
 * let in.
 * @throws BadCursorError
 */
export async function listOffersForAffiliate(
  { db, engine }: Pick<Store, 'db' | 'engine'>,
  who: AffiliateKey,
  { search, page, now }: { readonly search: OfferSearch; readonly page: PageRequest; readonly now: number },
): Promise<Page<Offer>> {
  let query = visibleOffers(db, engine, who).where(afterCursor('created_at', page.cursor))
  query = search.mine
    ? query.where((where) => isRunnable(where, engine, who))
    : onlyActive(query, engine, now)
  if (search.search !== '') {
    query = query.where(nameHas(search.search))
  }
  if (search.tag !== '') query = query.where(hasWord('tags_json', search.tag))
  if (search.country !== '') {
    const { country } = search
    query = query.where((where) =>
      where.or([where('countries_json', '=', '[]'), hasWord('countries_json', country)]),
    )
  }
  const rows = await query
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toOffer), page, (offer) => offer.createdAt)
}

/**
 * Offers of advertisers that affiliates can find, newest first; not those that are private or not ready.
 * @throws BadCursorError
 */
export async function listFindableOffers(
  { db, engine }: Pick<Store, 'db' | 'engine'>,
  workspace: string,
  { search, page }: { readonly search: string; readonly page: PageRequest },
): Promise<Page<Offer>> {
  const rows = await advertisersOffers(db, engine, workspace)
    .where(term(engine, 'visibility', 'public'), '!=', 'private')
    .where(afterCursor('created_at', page.cursor))
    .$if(search !== '', (query) => query.where(nameHas(search)))
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toOffer), page, (offer) => offer.createdAt)
}

/** Also one that is paused or expired, so that its affiliate is told so; undefined when there is none for it to see. */
export async function getOfferForAffiliate(
  { db, engine }: Pick<Store, 'db' | 'engine'>,
  who: AffiliateKey,
  id: string,
): Promise<Offer | undefined> {
  const row = await visibleOffers(db, engine, who).selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toOffer(row)
}

/** Where the affiliate stands with these offers, by offer. */
export async function applicationsOf(
  db: Db,
  who: AffiliateKey,
  offerIds: readonly string[],
): Promise<ReadonlyMap<string, AffiliateOffer>> {
  if (offerIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('affiliate_offers')
    .selectAll()
    .where('workspace', '=', who.workspace)
    .where('affiliate_id', '=', who.affiliateId)
    .where('offer_id', 'in', offerIds)
    .execute()
  return new Map(rows.map((row) => [row.offer_id, toAffiliateOffer(row)]))
}

/** Those of the advertisers whose offers run. */
export async function activeAdvertisersAmong(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('advertisers')
    .select('id')
    .where('workspace', '=', workspace)
    .where('id', 'in', [...new Set(ids)])
    .where('status', '=', 'active')
    .where('archived_at', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

function visibleOffers(db: Db, engine: SqlEngine, who: AffiliateKey): OffersQuery {
  return advertisersOffers(db, engine, who.workspace).where((where) =>
    where.or([
      where(term(engine, 'visibility', 'public'), '!=', 'private'),
      where.exists(ownRow(where, who).where('affiliate_offers.state', '=', 'approved')),
    ]),
  )
}

/** Those in use that are ready. */
function advertisersOffers(db: Db, engine: SqlEngine, workspace: string): OffersQuery {
  return db
    .selectFrom('offers')
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where('advertiser_id', '!=', '')
    .where(term(engine, 'status', 'active'), '!=', 'pending')
}

function nameHas(text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(name) like ${containing(text.toLowerCase())} escape '\\'`
}

function onlyActive(query: OffersQuery, engine: SqlEngine, now: number): OffersQuery {
  const expiresAt = sql<number | null>`cast(${jsonText(engine, 'terms_json', 'expiresAt')} as bigint)`
  return query
    .where(term(engine, 'status', 'active'), '=', 'active')
    .where(sql<SqlBool>`coalesce(${expiresAt} > ${now}, ${sql.lit(true)})`)
    .where((where) =>
      where.exists(
        where
          .selectFrom('advertisers')
          .select('advertisers.id')
          .whereRef('advertisers.id', '=', 'offers.advertiser_id')
          .where('advertisers.status', '=', 'active')
          .where('advertisers.archived_at', 'is', null),
      ),
    )
}

/** As mayRun in domain/affiliate.ts decides. */
function isRunnable(where: OfferExpressions, engine: SqlEngine, who: AffiliateKey) {
  const isOpen = where.and([
    where(term(engine, 'visibility', 'public'), '=', 'public'),
    where.not(where.exists(ownRow(where, who))),
    where(term(engine, 'agreement', ''), '=', ''),
  ])
  const isLetIn = where.exists(
    ownRow(where, who)
      .where('affiliate_offers.state', '=', 'approved')
      .where((own) =>
        own.or([
          own(term(engine, 'agreement', ''), '=', ''),
          own('affiliate_offers.accepted_at', 'is not', null),
        ]),
      ),
  )
  return where.or([isOpen, isLetIn])
}

function ownRow(where: OfferExpressions, who: AffiliateKey) {
  return where
    .selectFrom('affiliate_offers')
    .select('affiliate_offers.offer_id')
    .whereRef('affiliate_offers.offer_id', '=', 'offers.id')
    .where('affiliate_offers.affiliate_id', '=', who.affiliateId)
    .where('affiliate_offers.workspace', '=', who.workspace)
}

/** A text of the offer's terms; terms that were stored without it have the default. */
function term(engine: SqlEngine, name: string, standard: string): RawBuilder<string> {
  return sql<string>`coalesce(${jsonText(engine, 'offers.terms_json', name)}, ${sql.lit(standard)})`
}

/** Whether an array of texts in a column holds the word. */
function hasWord(column: string, word: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} like ${containing(JSON.stringify(word))} escape '\\'`
}

function containing(text: string): string {
  return `%${likePart(text)}%`
}
