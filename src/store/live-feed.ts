import {
  type ExpressionBuilder,
  expressionBuilder,
  type ReferenceExpression,
  type SqlBool,
  sql,
} from 'kysely'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/**
 * What happens now, as a live stream tells it: hits as they are judged, changes of conversions, deliveries as they
 * are made, and each attempt to send one.
 */
export const FEEDS = ['hit', 'conversion', 'delivery', 'attempt'] as const
export type Feed = (typeof FEEDS)[number]

/** Where in a feed a row stands: by its time, then by its own key. */
export type FeedPlace = { readonly at: number; readonly key: string }

export type FeedFilter = {
  readonly campaignId?: string | undefined
  readonly targetId?: string | undefined
  readonly affiliateId?: string | undefined
  readonly affiliateNetworkId?: string | undefined
  /** A hit's outcome. */
  readonly outcome?: string | undefined
  /** A conversion's new status, or a delivery's state. */
  readonly state?: string | undefined
}

export type FeedQuestion = {
  readonly workspace: string
  readonly filter: FeedFilter
  /** Unix milliseconds, inclusive. */
  readonly since: number
  readonly limit: number
}

/** Where the newest rows of a feed stand since a time, the newest first, at most `limit`. */
export async function readPlaces(db: Db, feed: Feed, question: FeedQuestion): Promise<readonly FeedPlace[]> {
  switch (feed) {
    case 'hit':
      return await newestHits(db, question)
    case 'conversion':
      return await newestTransitions(db, question)
    case 'delivery':
      return await newestDeliveries(db, question)
    case 'attempt':
      return await newestAttempts(db, question)
  }
}

async function newestHits(db: Db, { workspace, filter, since, limit }: FeedQuestion) {
  return await db
    .selectFrom('hits')
    .select(['hits.received_at as at', 'hits.id as key'])
    .where('hits.workspace', '=', workspace)
    .where('hits.received_at', '>=', since)
    .where((where) =>
      where.and([
        ...equals(where, 'hits.outcome', filter.outcome),
        ...equals(where, 'hits.affiliate_id', filter.affiliateId),
        ...equals(where, 'hits.affiliate_network_id', filter.affiliateNetworkId),
        ...(filter.campaignId === undefined ? [] : [isOfCampaign('hits', filter.campaignId)]),
      ]),
    )
    .orderBy('hits.received_at', 'desc')
    .orderBy('hits.id', 'desc')
    .limit(limit)
    .execute()
}

async function newestTransitions(db: Db, { workspace, filter, since, limit }: FeedQuestion) {
  return await db
    .selectFrom('conversion_history')
    .innerJoin('conversions', 'conversions.id', 'conversion_history.conversion_id')
    .select([
      'conversion_history.at as at',
      pairKey('conversion_history.conversion_id', 'conversion_history.n'),
    ])
    .where('conversion_history.workspace', '=', workspace)
    .where('conversion_history.at', '>=', since)
    .where((where) =>
      where.and([
        ...equals(where, 'conversion_history.to_status', filter.state),
        ...equals(where, 'conversions.affiliate_id', filter.affiliateId),
        ...equals(where, 'conversions.affiliate_network_id', filter.affiliateNetworkId),
        ...equals(where, 'conversions.campaign_id', filter.campaignId),
      ]),
    )
    .orderBy('conversion_history.at', 'desc')
    .orderBy('conversion_history.conversion_id', 'desc')
    .orderBy('conversion_history.n', 'desc')
    .limit(limit)
    .execute()
}

async function newestDeliveries(db: Db, { workspace, filter, since, limit }: FeedQuestion) {
  return await db
    .selectFrom('deliveries')
    .select(['deliveries.created_at as at', 'deliveries.id as key'])
    .where('deliveries.workspace', '=', workspace)
    .where('deliveries.created_at', '>=', since)
    .where((where) => where.and(fitsDelivery(filter)))
    .orderBy('deliveries.created_at', 'desc')
    .orderBy('deliveries.id', 'desc')
    .limit(limit)
    .execute()
}

async function newestAttempts(db: Db, { workspace, filter, since, limit }: FeedQuestion) {
  return await db
    .selectFrom('delivery_attempts')
    .select([
      'delivery_attempts.started_at as at',
      pairKey('delivery_attempts.delivery_id', 'delivery_attempts.n'),
    ])
    .where('delivery_attempts.workspace', '=', workspace)
    .where('delivery_attempts.started_at', '>=', since)
    // Asked of the delivery only where a filter names it: most streams read the index of the attempts alone.
    .$if(asksOfDelivery(filter), (query) =>
      query.where((where) =>
        where.exists(
          where
            .selectFrom('deliveries')
            .select('deliveries.id')
            .whereRef('deliveries.id', '=', 'delivery_attempts.delivery_id')
            .where((of) => of.and(fitsDelivery(filter))),
        ),
      ),
    )
    .orderBy('delivery_attempts.started_at', 'desc')
    .orderBy('delivery_attempts.delivery_id', 'desc')
    .orderBy('delivery_attempts.n', 'desc')
    .limit(limit)
    .execute()
}

function asksOfDelivery({
  campaignId,
  targetId,
  affiliateId,
  affiliateNetworkId,
  state,
}: FeedFilter): boolean {
  return [campaignId, targetId, affiliateId, affiliateNetworkId, state].some((value) => value !== undefined)
}

/** As one text, which `parsePairKey` takes apart. */
function pairKey(idColumn: string, nColumn: string) {
  return sql<string>`${sql.ref(idColumn)} || ':' || ${sql.ref(nColumn)}`.as('key')
}

/** @param key of a conversion's transition, or of an attempt. */
export function parsePairKey(key: string): { readonly id: string; readonly n: number } {
  const mark = key.lastIndexOf(':')
  return { id: key.slice(0, mark), n: Number(key.slice(mark + 1)) }
}

function fitsDelivery(filter: FeedFilter) {
  const where = expressionBuilder<Database, 'deliveries'>()
  return [
    ...equals(where, 'deliveries.state', filter.state),
    ...equals(where, 'deliveries.target_id', filter.targetId),
    ...equals(where, 'deliveries.affiliate_id', filter.affiliateId),
    ...(filter.campaignId === undefined ? [] : [isOfCampaign('deliveries', filter.campaignId)]),
    ...(filter.affiliateNetworkId === undefined
      ? []
      : [ofConversion('deliveries', 'affiliate_network_id', filter.affiliateNetworkId)]),
  ]
}

function equals<Tables extends keyof Database>(
  where: ExpressionBuilder<Database, Tables>,
  column: ReferenceExpression<Database, Tables>,
  value: string | undefined,
) {
  return value === undefined ? [] : [where(column, '=', sql.val(value))]
}

function isOfCampaign(table: 'hits' | 'deliveries', campaignId: string) {
  return ofConversion(table, 'campaign_id', campaignId)
}

/** What the conversion says that the row belongs to: hits and deliveries do not name it themselves. */
function ofConversion(table: 'hits' | 'deliveries', column: string, value: string) {
  return sql<SqlBool>`exists (
    select 1 from conversions of_row
    where of_row.id = ${sql.ref(`${table}.conversion_id`)} and ${sql.ref(`of_row.${column}`)} = ${value}
  )`
}
