import { setTimeout as sleep } from 'node:timers/promises'
import type { Feed, FeedFilter, FeedPlace } from '../store/live-feed.ts'
import { type LiveItem, loadItems } from '../store/live-items.ts'
import type { Db } from '../store/transaction.ts'
import { toConversionView, toTransitionView } from './conversion-view.ts'
import { toAttemptView, toDeliveryView } from './delivery-view.ts'
import { toHitView } from './hits.ts'
import { formatLiveCursor, type LiveCursor, TAGS_MAX, tagOf } from './live-cursor.ts'
import { LiveTail } from './live-tail.ts'

/** Between two looks: what happens is told within about a second. */
const LOOK_MS = 700
/** A line after so long without another, so that no proxy takes the stream for dead. */
const HEARTBEAT_MS = 15_000
/** How often it is asked whether the reader may read still. */
const ACCESS_CHECK_MS = 5_000
/** After how long a reader that was cut off comes again. */
const RETRY_MS = 2_000

export type LiveRequest = {
  readonly workspace: string
  readonly feeds: readonly Feed[]
  readonly filter: FeedFilter
  /** What the reader knows already; what of a feed is absent begins now. */
  readonly after: LiveCursor
  /** False to tell what there is and end. */
  readonly follow: boolean
}

export type LiveDeps = {
  readonly db: Db
  readonly clock: () => number
  /** Aborted when the server closes. */
  readonly signal: AbortSignal
  /** Whether the reader may read still. */
  readonly mayRead: () => Promise<boolean>
}

/**
 * The text of a stream of server-sent events (WHATWG HTML, section 9.2), piece by piece. A piece is made when the
 * reader takes it: one that does not read holds nothing back but the place where it stopped, and is told how much it
 * missed when it reads again.
 */
export async function* liveEvents(request: LiveRequest, deps: LiveDeps): AsyncGenerator<string> {
  const { db, clock, signal } = deps
  const { workspace, filter, feeds } = request
  const start: FeedPlace = { at: clock(), key: '' }
  const tails = feeds.map(
    (feed) => new LiveTail(db, feed, { workspace, filter, after: request.after[feed] ?? start }),
  )
  // With an id, so that a reader whose connection breaks before anything happened knows where to go on.
  yield `retry: ${RETRY_MS}\nid: ${formatLiveCursor(cursorOf(tails))}\n: open\n\n`
  let [toldAt, checkedAt] = [clock(), clock()]
  while (!signal.aborted) {
    if (clock() - checkedAt >= ACCESS_CHECK_MS) {
      checkedAt = clock()
      if (!(await deps.mayRead())) {
        yield event('end', { reason: 'You may not read this any more: sign in again.' })
        return
      }
    }
    const now = clock()
    const text = await lookAt(db, tails, now)
    if (text !== '') yield text
    // With an id, so that a reader that nothing was told of for long does not go on from long ago.
    else if (now - toldAt >= HEARTBEAT_MS) yield `id: ${formatLiveCursor(cursorOf(tails))}\n: heartbeat\n\n`
    if (text !== '' || now - toldAt >= HEARTBEAT_MS) toldAt = now
    if (!request.follow) return
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
  }
  yield event('end', { reason: 'The server stops: come again in a moment.' })
}

function cursorOf(tails: readonly LiveTail[]): LiveCursor {
  return Object.fromEntries(tails.map((tail) => [tail.feed, tail.cursor]))
}

/** One look at every feed, told in the order in which things happened. */
async function lookAt(db: Db, tails: readonly LiveTail[], now: number): Promise<string> {
  let told = cursorOf(tails)
  const missed: string[] = []
  const found: { readonly feed: Feed; readonly place: FeedPlace; readonly item: LiveItem }[] = []
  for (const tail of tails) {
    const { feed } = tail
    const look = await tail.look(now)
    const keys = look.fresh.map(({ key }) => key)
    const items = await loadItems(db, feed, keys)
    if (look.missed > 0 || look.isCut) missed.push(event('missed', { feed, atLeast: look.missed }))
    for (const place of look.fresh) {
      const item = items.get(place.key)
      if (item !== undefined) found.push({ feed, place, item })
    }
  }
  const events = found
    .sort((a, b) => a.place.at - b.place.at)
    .map(({ feed, place, item }) => {
      told = withPlace(told, feed, place)
      return event(feed, toView(item), formatLiveCursor(told))
    })
  return [...missed, ...events].join('')
}

/** What became visible late leaves the place where it is. */
function withPlace(told: LiveCursor, feed: Feed, place: FeedPlace): LiveCursor {
  const known = told[feed]
  const isLater =
    known === undefined || place.at > known.at || (place.at === known.at && place.key > known.key)
  const tags = [...(known?.tags ?? []), tagOf(place)].slice(-TAGS_MAX)
  return { ...told, [feed]: { ...(isLater ? place : known), tags } }
}

function toView(item: LiveItem): object {
  switch (item.feed) {
    case 'hit':
      return toHitView(item.hit)
    case 'conversion': {
      const { conversion, transition } = item
      return {
        ...toConversionView(conversion, 'viewer'),
        transition: toTransitionView(transition, 'viewer'),
      }
    }
    case 'delivery':
      return toDeliveryView(item.delivery)
    case 'attempt':
      return { delivery: toDeliveryView(item.delivery), ...toAttemptView(item.attempt) }
  }
}

/** JSON has no line break of its own, so that the data is one line. */
function event(name: string, data: object, id = ''): string {
  return `${id === '' ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
