import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import type { Feed } from '../store/live-feed.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { mayCallStill } from './enforce-access.ts'
import { JUDGED_OUTCOMES } from './hit-search-fields.ts'
import { parseLiveCursor } from './live-cursor.ts'
import { type LiveRequest, liveEvents } from './live-events.ts'
import { LOOK_ROWS_MAX, TAIL_REACH_MS } from './live-tail.ts'
import { invalidFields, Problem } from './problem.ts'

/** Streams of one workspace at a time, in one process. */
export const STREAMS_PER_WORKSPACE_MAX = 20
/** While the server closes: how long readers may take the last of a stream, before they are cut off. */
const CLOSE_GRACE_MS = 500
const ID_CHARS_MAX = 100

const KINDS = ['hits', 'conversions', 'deliveries'] as const
const FEEDS_OF: Readonly<Record<(typeof KINDS)[number], readonly Feed[]>> = {
  hits: ['hit'],
  conversions: ['conversion'],
  deliveries: ['delivery', 'attempt'],
}

const DESCRIPTION = [
  'Events are hit, conversion, delivery and attempt. A hit that is judged later than ten seconds after it came is not',
  'among them, nor is a change of a conversion that is dated back by more: search the lists for these.',
  'missed { feed, atLeast } says that there were more than can be told: so many, and perhaps more where the reader was',
  `away for long. A stream goes back ${TAIL_REACH_MS / 60_000} minutes and ${LOOK_ROWS_MAX} rows of a feed at most.`,
  'After Last-Event-ID an event may come a second time, and none of those seconds is left out: data.id tells which.',
  'end says why the stream is over.',
].join(' ')

const idField = z.string().min(1).max(ID_CHARS_MAX).optional()
const streamQuery = z.object({
  kind: z
    .union([z.enum(KINDS), z.array(z.enum(KINDS)).max(KINDS.length)])
    .optional()
    .describe('Several times: these; all unless told'),
  campaignId: idField.describe('Of hits, those that belong to a conversion'),
  targetId: idField.describe('Of deliveries alone'),
  affiliateId: idField,
  affiliateNetworkId: idField,
  outcome: z.enum(JUDGED_OUTCOMES).optional().describe('Of hits'),
  state: z
    .enum([...CONVERSION_STATUSES, ...DELIVERY_STATES])
    .optional()
    .describe("Of deliveries, or a conversion's new status"),
  follow: z
    .enum(['true', 'false'])
    .default('true')
    .describe('false: what came after Last-Event-ID, and the end'),
})

/**
 * GET /inspector/stream: hits, changes of conversions, deliveries and attempts as they happen, as server-sent events
 * `hit`, `conversion`, `delivery`, `attempt`; `missed` says how many at least a slow reader was not told, `end` why it is
 * over.
 */
export function inspectorStreamRoutes(app: ApiApp, deps: ApiDeps): void {
  const streams = new OpenStreams()
  app.addHook('preClose', () => streams.close())
  app.get('/api/v1/inspector/stream', {
    // HEAD would read a stream that has no end.
    exposeHeadRoute: false,
    schema: {
      tags: ['inspector'],
      summary: 'What happens now, as server-sent events; Last-Event-ID goes on where a stream broke off',
      description: DESCRIPTION,
      querystring: streamQuery,
      produces: ['text/event-stream'],
    },
    handler: async (request, reply) => {
      const { kind = [...KINDS], follow, ...filter } = request.query
      const workspace = workspaceOf(request)
      const wanted: LiveRequest = {
        workspace,
        feeds: [kind].flat().flatMap((each) => FEEDS_OF[each]),
        filter,
        after: readLastEventId(request.headers['last-event-id']),
        follow: follow === 'true',
      }
      const mayRead = () => mayCallStill(deps, request)
      const { clock } = deps
      const frames = (signal: AbortSignal) =>
        liveEvents(wanted, { db: deps.store.db, clock, signal, mayRead })
      const stream = streams.open(workspace, frames, () => reply.raw.destroy())
      return await reply
        .header('cache-control', 'no-cache, no-transform')
        // nginx and those like it pass it on at once.
        .header('x-accel-buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(stream)
    },
  })
}

function readLastEventId(header: string | string[] | undefined) {
  if (typeof header !== 'string' || header === '') return {}
  const cursor = parseLiveCursor(header)
  if (cursor === undefined) {
    throw invalidFields([{ field: 'Last-Event-ID', message: 'is not the id of an event of this stream' }])
  }
  return cursor
}

/** The streams that are read now: so many at most, and all of them end with the server. */
class OpenStreams {
  readonly #counts = new Map<string, number>()
  readonly #open = new Set<{ readonly done: Promise<void>; readonly cut: () => void }>()
  readonly #stop = new AbortController()

  /** @throws Problem when the workspace has as many as it may. */
  open(
    workspace: string,
    frames: (signal: AbortSignal) => AsyncGenerator<string>,
    cut: () => void,
  ): Readable {
    const count = this.#counts.get(workspace) ?? 0
    if (count >= STREAMS_PER_WORKSPACE_MAX) {
      const detail = `At most ${STREAMS_PER_WORKSPACE_MAX} streams of a workspace are open at a time: close one.`
      throw new Problem(429, 'too_many_streams', detail)
    }
    this.#counts.set(workspace, count + 1)
    const stream = Readable.from(frames(this.#stop.signal), { objectMode: false, highWaterMark: 1 })
    // However it ended, also when its reader went away.
    const done = finished(stream).catch(() => {})
    const entry = { done, cut }
    this.#open.add(entry)
    void done.then(() => {
      this.#open.delete(entry)
      const left = (this.#counts.get(workspace) ?? 1) - 1
      if (left === 0) this.#counts.delete(workspace)
      else this.#counts.set(workspace, left)
    })
    return stream
  }

  /** A reader that does not read can not be told: it is cut off. */
  async close(): Promise<void> {
    this.#stop.abort()
    const ended = Promise.all([...this.#open].map(({ done }) => done))
    await Promise.race([ended, sleep(CLOSE_GRACE_MS)])
    for (const { cut } of this.#open) cut()
  }
}
