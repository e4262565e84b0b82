import { type RawBuilder, type SqlBool, sql } from 'kysely'
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

/** How a feed lies in its table: an index has the workspace, `at` and `key`, in this order. */
type FeedTable = {
  readonly table: keyof Database
  readonly at: string
  readonly key: readonly string[]
  /** Besides the key, what filters ask of the row itself. */
  readonly asked: readonly string[]
}

const TABLES: Readonly<Record<Feed, FeedTable>> = {
  hit: {
    table: 'hits',
    at: 'received_at',
    key: ['id'],
    asked: ['outcome', 'affiliate_id', 'affiliate_network_id', 'conversion_id'],
  },
  conversion: {
    table: 'conversion_history',
    at: 'at',
    key: ['conversion_id', 'n'],
    asked: ['to_status'],
  },
  delivery: {
    table: 'deliveries',
    at: 'created_at',
    key: ['id'],
    asked: ['state', 'target_id', 'affiliate_id', 'conversion_id'],
  },
  attempt: { table: 'delivery_attempts', at: 'started_at', key: ['delivery_id', 'n'], asked: [] },
}

/**
 * Where those rows of a feed stand that fit the filter, the newest first: of the newest `rowsMax` since a time. A filter
 * that nothing fits looks at no more rows than any other, since SQLite holds the whole process up while it looks.
 */
export async function readPlaces(
  db: Db,
  feed: Feed,
  question: {
    readonly workspace: string
    readonly filter: FeedFilter
    /** Unix milliseconds, inclusive. */
    readonly since: number
    /** Rows that are looked at, whether they fit or not. */
    readonly rowsMax: number
  },
): Promise<readonly FeedPlace[]> {
  const { workspace, filter, since, rowsMax } = question
  const { table, at, key, asked } = TABLES[feed]
  const fits = fitsFilter(feed, filter)
  // Without a filter the index alone is read.
  const columns = [at, ...key, ...(fits.length === 0 ? [] : asked)].map((column) => sql.ref(column))
  const { rows } = await sql<FeedPlace>`
    select ${sql.ref(at)} as "at", ${keyText(feed)} as "key"
    from (
      select ${sql.join(columns)} from ${sql.table(table)}
      where workspace = ${workspace} and ${sql.ref(at)} >= ${since}
      order by ${newestFirst(feed)} limit ${rowsMax}
    ) as looked
    ${fits.length === 0 ? sql`` : sql`where ${sql.join(fits, sql` and `)}`}
    order by ${newestFirst(feed)}
  `.execute(db)
  return rows
}

/**
 * The place of a feed's newest row in a span of time, or of the one behind so many; read from the index alone.
 * @param span.before Unix milliseconds, exclusive; without it the span has no end.
 * @param span.skip how many newer rows are left out.
 */
export async function readNewestPlace(
  db: Db,
  feed: Feed,
  span: {
    readonly workspace: string
    readonly since: number
    readonly before?: number
    readonly skip?: number
  },
): Promise<FeedPlace | undefined> {
  const { workspace, since, before = Number.MAX_SAFE_INTEGER, skip = 0 } = span
  const { table, at } = TABLES[feed]
  const { rows } = await sql<FeedPlace>`
    select ${sql.ref(at)} as "at", ${keyText(feed)} as "key" from ${sql.table(table)}
    where workspace = ${workspace} and ${sql.ref(at)} >= ${since} and ${sql.ref(at)} < ${before}
    order by ${newestFirst(feed)} limit 1 offset ${skip}
  `.execute(db)
  return rows[0]
}

/** Of a pair as one text, which `parsePairKey` takes apart. */
function keyText(feed: Feed) {
  const columns = TABLES[feed].key.map((column) => sql.ref(column))
  return sql.join(columns, sql` || ':' || `)
}

function newestFirst(feed: Feed) {
  const { at, key } = TABLES[feed]
  return sql.join([at, ...key].map((column) => sql`${sql.ref(column)} desc`))
}

/** @param key of a conversion's transition, or of an attempt. */
export function parsePairKey(key: string): { readonly id: string; readonly n: number } {
  const mark = key.lastIndexOf(':')
  return { id: key.slice(0, mark), n: Number(key.slice(mark + 1)) }
}

type Fits = readonly RawBuilder<SqlBool>[]

/** What a row of `looked` has to be. */
function fitsFilter(feed: Feed, filter: FeedFilter): Fits {
  const { campaignId, affiliateId, affiliateNetworkId, outcome, state } = filter
  switch (feed) {
    case 'hit':
      return [
        ...equals('looked.outcome', outcome),
        ...equals('looked.affiliate_id', affiliateId),
        ...equals('looked.affiliate_network_id', affiliateNetworkId),
        ...ofConversion('looked', equals('conversions.campaign_id', campaignId)),
      ]
    case 'conversion':
      return [
        ...equals('looked.to_status', state),
        ...ofConversion('looked', [
          ...equals('conversions.affiliate_id', affiliateId),
          ...equals('conversions.affiliate_network_id', affiliateNetworkId),
          ...equals('conversions.campaign_id', campaignId),
        ]),
      ]
    case 'delivery':
      return fitsDelivery('looked', filter)
    case 'attempt': {
      const fits = fitsDelivery('deliveries', filter)
      return existsWhere('deliveries', 'looked.delivery_id', fits)
    }
  }
}

function fitsDelivery(row: 'looked' | 'deliveries', filter: FeedFilter): Fits {
  return [
    ...equals(`${row}.state`, filter.state),
    ...equals(`${row}.target_id`, filter.targetId),
    ...equals(`${row}.affiliate_id`, filter.affiliateId),
    ...ofConversion(row, [
      ...equals('conversions.campaign_id', filter.campaignId),
      ...equals('conversions.affiliate_network_id', filter.affiliateNetworkId),
    ]),
  ]
}

function equals(column: string, value: string | undefined): Fits {
  return value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${value}`]
}

/** What the conversion says that the row belongs to: the others do not name it themselves. */
function ofConversion(row: 'looked' | 'deliveries', fits: Fits): Fits {
  return existsWhere('conversions', `${row}.conversion_id`, fits)
}

/** Asked of the other table only where a filter names it: most streams read the index of their own alone. */
function existsWhere(table: 'conversions' | 'deliveries', idColumn: string, fits: Fits): Fits {
  if (fits.length === 0) return []
  const id = sql.ref(`${table}.id`)
  return [
    sql<SqlBool>`exists (
      select 1 from ${sql.table(table)} where ${id} = ${sql.ref(idColumn)} and ${sql.join(fits, sql` and `)}
    )`,
  ]
}
