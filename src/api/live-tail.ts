import { type Feed, type FeedFilter, type FeedPlace, readPlaces } from '../store/live-feed.ts'
import type { Db } from '../store/transaction.ts'

/** Rows of a feed that one look tells of; what is beyond is counted as missed. */
export const TAIL_ROWS_MAX = 200
/** Places that one look reads, and remembers as seen. */
const PLACES_MAX = 2_000

/**
 * How long after its time a row may become visible: until its hit is judged, its transaction is done, or its answer
 * came. Rows of that long are read at each look, and those that were seen are left out.
 */
const OVERLAP_MS: Readonly<Record<Feed, number>> = {
  hit: 10_000,
  conversion: 5_000,
  delivery: 5_000,
  attempt: 60_000,
}

export type TailLook = {
  /** Oldest first. */
  readonly fresh: readonly FeedPlace[]
  /** How many more there were, too many to be told; at least so many where there are more than PLACES_MAX. */
  readonly missed: number
}

/**
 * Follows one feed from SQL, so that it sees what any process wrote. Memory is bounded by PLACES_MAX places, however
 * long nobody looks.
 *
 * ```
 *        since ◀─ overlap ─▶ high
 *  ──────┼──────────────────┼───────────────▶ time
 *         seen ones are left out  all is fresh
 * ```
 */
export class LiveTail {
  readonly #db: Db
  readonly #feed: Feed
  readonly #workspace: string
  readonly #filter: FeedFilter
  #high: FeedPlace
  /** Undefined before the first look. */
  #seen: ReadonlySet<string> | undefined

  /** @param after what was told already. */
  constructor(
    db: Db,
    feed: Feed,
    from: { readonly workspace: string; readonly filter: FeedFilter; readonly after: FeedPlace },
  ) {
    this.#db = db
    this.#feed = feed
    this.#workspace = from.workspace
    this.#filter = from.filter
    this.#high = from.after
  }

  get feed(): Feed {
    return this.#feed
  }

  /** The newest place that was told of. */
  get high(): FeedPlace {
    return this.#high
  }

  /** What came since the last look. */
  async look(): Promise<TailLook> {
    const before = this.#high
    const places = await readPlaces(this.#db, this.#feed, {
      workspace: this.#workspace,
      filter: this.#filter,
      since: before.at - OVERLAP_MS[this.#feed],
      limit: PLACES_MAX,
    })
    const seen = this.#seen
    const fresh = places.filter((place) =>
      seen === undefined ? isAfter(place, before) : !seen.has(toText(place)),
    )
    this.#seen = new Set(places.map(toText))
    const [newest] = places
    if (newest !== undefined && isAfter(newest, before)) this.#high = newest
    const told = fresh.slice(0, TAIL_ROWS_MAX)
    return { fresh: told.reverse(), missed: fresh.length - told.length }
  }
}

function isAfter(a: FeedPlace, b: FeedPlace): boolean {
  return a.at > b.at || (a.at === b.at && a.key > b.key)
}

function toText({ at, key }: FeedPlace): string {
  return `${at}.${key}`
}
