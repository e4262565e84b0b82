import { z } from 'zod'
import { FEEDS, type Feed, type FeedPlace } from '../store/live-feed.ts'

/** What of each feed was told last: the id of an event, by which a reader that was cut off goes on. */
export type LiveCursor = Readonly<Partial<Record<Feed, FeedPlace>>>

const CURSOR_CHARS_MAX = 2_000
const KEY_CHARS_MAX = 200
const placesSchema = z.partialRecord(
  z.enum(FEEDS),
  z.tuple([z.int().nonnegative(), z.string().max(KEY_CHARS_MAX)]),
)

export function formatLiveCursor(cursor: LiveCursor): string {
  const places = Object.entries(cursor).map(([feed, { at, key }]) => [feed, [at, key]])
  return Buffer.from(JSON.stringify(Object.fromEntries(places))).toString('base64url')
}

/** @returns undefined for a text that no event had as its id. */
export function parseLiveCursor(text: string): LiveCursor | undefined {
  if (text.length > CURSOR_CHARS_MAX) return undefined
  const parsed = placesSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  if (!parsed.success) return undefined
  const places = FEEDS.flatMap((feed): [Feed, FeedPlace][] => {
    const place = parsed.data[feed]
    return place === undefined ? [] : [[feed, { at: place[0], key: place[1] }]]
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
