import {
  type Feed,
  type FeedFilter,
  type FeedPlace,
  readNewestPlace,
  readPlaces,
} from '../store/live-feed.ts'
import type { Db } from '../store/transaction.ts'
import { type FeedCursor, TAGS_MAX, tagOf } from './live-cursor.ts'

/** Rows of a feed that one look tells of; what is beyond is counted as missed. */
export const TAIL_ROWS_MAX = 200
/** Rows that one look reads, whether they fit the filter or not, and of which it remembers what it has told. */
export const LOOK_ROWS_MAX = 5_000
/** A reader that was away for longer is told no more than this. */
export const TAIL_REACH_MS = 60 * 60_000

/**
 * How long after its time a row may become visible: until its hit is judged, its transaction is done, or its answer
 * came. Rows of that long are read at each look, and those that were seen are left out. What a hit changes has the
 * hit's time, so that it has its overlap.
 */
const OVERLAP_MS: Readonly<Record<Feed, number>> = {
  hit: 10_000,
  conversion: 10_000,
  delivery: 5_000,
  attempt: 60_000,
}

export type TailLook = {
  /** Oldest first. */
  readonly fresh: readonly FeedPlace[]
  /** How many more there were, too many to be told. */
  readonly missed: number
  /** There were rows that it did not look at: whether any of them fits is not known. */
  readonly isCut: boolean
}

/**
 * Follows one feed from SQL, so that it sees what any process wrote. Each look reads LOOK_ROWS_MAX rows at most and
 * remembers no more places, however rarely a row fits the filter, and however long nobody looked.
 *
 * ```
 *        since ◀─ overlap ─▶ high: the newest row, whether it fits or not
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
  /** Of what the reader was told before the first look; undefined when it begins now. */
  #tags: readonly string[] | undefined
  /** Undefined before the first look. */
  #seen: ReadonlySet<string> | undefined

  /** @param from.after what was told already; without tags, whatever is up to there. */
  constructor(
    db: Db,
    feed: Feed,
    from: {
      readonly workspace: string
      readonly filter: FeedFilter
      readonly after: FeedPlace & Partial<FeedCursor>
    },
  ) {
    this.#db = db
    this.#feed = feed
    this.#workspace = from.workspace
    this.#filter = from.filter
    this.#high = from.after
    this.#tags = from.after.tags
  }

  get feed(): Feed {
    return this.#feed
  }

  /** Where the next look goes on, also in another process. */
  get cursor(): FeedCursor {
    return { at: this.#high.at, key: this.#high.key, tags: this.#tags ?? [] }
  }

  /**
   * What came since the last look.
   * @param now Unix milliseconds. A row with a later time, of a host whose clock is ahead, hides none that comes.
   */
  async look(now: number): Promise<TailLook> {
    const before = this.#high
    const [workspace, feed] = [this.#workspace, this.#feed]
    const since = Math.max(Math.min(before.at, now) - OVERLAP_MS[feed], now - TAIL_REACH_MS)
    const newest = await readNewestPlace(this.#db, feed, { workspace, since })
    const isCut = await this.#hasUnread(before, since)
    const question = { workspace, filter: this.#filter, since, rowsMax: LOOK_ROWS_MAX }
    const places = await readPlaces(this.#db, feed, question)
    const fresh = places.filter((place) => this.#isFresh(place, before))
    const told = fresh.slice(0, TAIL_ROWS_MAX)
    // Of what a reader may have been told before it came again, nothing was missed.
    const missed = fresh
      .slice(TAIL_ROWS_MAX)
      .filter((place) => this.#seen !== undefined || isAfter(place, before))
    this.#seen = new Set(places.map(toText))
    this.#tags = places.slice(0, TAGS_MAX).reverse().map(tagOf)
    if (newest !== undefined && isAfter(newest, before)) this.#high = newest
    return { fresh: told.reverse(), missed: missed.length, isCut }
  }

  /** Whether there are rows behind the place of the last look that this look does not reach. */
  async #hasUnread(before: FeedPlace, since: number): Promise<boolean> {
    const workspace = this.#workspace
    const next = before.at + 1
    const ofBefore = { workspace, since: next, before: since }
    if (next < since && (await readNewestPlace(this.#db, this.#feed, ofBefore)) !== undefined) return true
    const beyond = { workspace, since: Math.max(since, next), skip: LOOK_ROWS_MAX }
    return (await readNewestPlace(this.#db, this.#feed, beyond)) !== undefined
  }

  #isFresh(place: FeedPlace, before: FeedPlace): boolean {
    if (this.#seen !== undefined) return !this.#seen.has(toText(place))
    return this.#tags === undefined ? isAfter(place, before) : !this.#tags.includes(tagOf(place))
  }
}

function isAfter(a: FeedPlace, b: FeedPlace): boolean {
  return a.at > b.at || (a.at === b.at && a.key > b.key)
}

function toText({ at, key }: FeedPlace): string {
  return `${at}.${key}`
}
