import { createHash } from 'node:crypto'
import { z } from 'zod'
import { FEEDS, type Feed, type FeedPlace } from '../store/live-feed.ts'

/** Up to where a reader was told of a feed. */
export type FeedCursor = FeedPlace & {
  /**
   * Of what was told last, at most TAGS_MAX: a row may become visible later than a newer one, so that the place alone
   * does not say what the reader knows.
   */
  readonly tags: readonly string[]
}

/** What of each feed was told last: the id of an event, by which a reader that was cut off goes on. */
export type LiveCursor = Readonly<Partial<Record<Feed, FeedCursor>>>

/** An event has its cursor on it: 64 tags of four feeds are 2 kB of it. */
export const TAGS_MAX = 64
const TAG_CHARS = 6
const CURSOR_CHARS_MAX = 4_000
const KEY_CHARS_MAX = 200
const placesSchema = z.partialRecord(
  z.enum(FEEDS),
  z.tuple([
    z.int().nonnegative(),
    z.string().max(KEY_CHARS_MAX),
    z
      .string()
      .max(TAGS_MAX * TAG_CHARS)
      .regex(new RegExp(`^(?:.{${TAG_CHARS}})*$`)),
  ]),
)

/** 36 bits that stand for a place: among some thousand rows no two have the same. */
export function tagOf({ at, key }: FeedPlace): string {
  return createHash('sha256').update(`${at}.${key}`).digest('base64url').slice(0, TAG_CHARS)
}

export function formatLiveCursor(cursor: LiveCursor): string {
  const places = Object.entries(cursor).map(([feed, { at, key, tags }]) => [feed, [at, key, tags.join('')]])
  return Buffer.from(JSON.stringify(Object.fromEntries(places))).toString('base64url')
}

/** @returns undefined for a text that no event had as its id. */
export function parseLiveCursor(text: string): LiveCursor | undefined {
  if (text.length > CURSOR_CHARS_MAX) return undefined
  const parsed = placesSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  if (!parsed.success) return undefined
  const places = FEEDS.flatMap((feed): [Feed, FeedCursor][] => {
    const place = parsed.data[feed]
    if (place === undefined) return []
    const [at, key, tags] = place
    return [[feed, { at, key, tags: tags.match(new RegExp(`.{${TAG_CHARS}}`, 'g')) ?? [] }]]
  })
  return Object.fromEntries(places)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A cursor of somebody's making.
    return undefined
  }
}
