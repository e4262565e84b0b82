import { readStream } from './api.ts'
import type { components } from './api-types.ts'

type Schemas = components['schemas']
/** Told as it is queued and sent; whom it is for is told where it is read. */
type Delivery = Omit<Schemas['Delivery'], 'receiver'>
type Attempt = Schemas['DeliveryWithAttempts']['attempts'][number]
/** Of what happens, what is told; '' where it does not matter. */
export type LiveFilter = {
  readonly campaignId?: string
  readonly outcome?: string
  readonly affiliateNetworkId?: string
  readonly affiliateId?: string
  /** Of deliveries alone. */
  readonly targetId?: string
  /** Of deliveries, or a conversion's new status. */
  readonly state?: string
}
export type LiveKind = 'hits' | 'conversions' | 'deliveries'

/** What the server tells; `key` is this event's alone. */
export type LiveEvent = { readonly key: string } & (
  | { readonly type: 'hit'; readonly at: string; readonly hit: Schemas['Hit'] }
  | {
      readonly type: 'conversion'
      readonly at: string
      readonly conversion: Schemas['Conversion']
      readonly transition: Schemas['ConversionWithHistory']['history'][number]
    }
  | { readonly type: 'delivery'; readonly at: string; readonly delivery: Delivery }
  | {
      readonly type: 'attempt'
      readonly at: string
      readonly delivery: Delivery
      readonly attempt: Attempt
    }
)

export type LiveListener = {
  readonly onOpen: () => void
  /** Where to go on from when the stream breaks. */
  readonly onPlace: (id: string) => void
  readonly onEvents: (events: readonly LiveEvent[]) => void
  /** A slow reader was not told of so many. */
  readonly onMissed: (count: number) => void
}

type Frame = { readonly id: string; readonly event: string; readonly data: string }

/**
 * Follows what happens until the stream ends or breaks. fetch, and not EventSource: only it can name the workspace.
 * @param after the id of the last event that is known; '' to begin now.
 * @throws ApiProblem when the API refuses it, TypeError when the connection breaks.
 */
export async function followLive(
  { kinds, filter }: { readonly kinds: readonly LiveKind[]; readonly filter: LiveFilter },
  { after, signal }: { readonly after: string; readonly signal: AbortSignal },
  { onOpen, onPlace, onEvents, onMissed }: LiveListener,
): Promise<void> {
  const query = new URLSearchParams(kinds.map((kind) => ['kind', kind]))
  for (const [name, value] of Object.entries(filter)) if (value !== '') query.set(name, value)
  const headers = after === '' ? {} : { 'last-event-id': after }
  const body = await readStream(`/api/v1/inspector/stream?${query}`, { headers, signal })
  onOpen()
  let rest = ''
  for await (const text of textOf(body)) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    const frames = blocks.map(toFrame)
    const place = frames.findLast(({ id }) => id !== '')?.id
    if (place !== undefined) onPlace(place)
    const events = frames.flatMap(toEvent)
    if (events.length > 0) onEvents(events)
    for (const { event, data } of frames) if (event === 'missed') onMissed(missedIn(data))
    if (frames.some(({ event }) => event === 'end')) return
  }
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** As HTML's "Interpreting an event stream" has it, of which this server sends one line for each field. */
function toFrame(block: string): Frame {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)] as const
    }),
  )
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: fields.get('data') ?? '' }
}

/** The data is the API's, of which the event's name says the shape. */
function toEvent({ id, event, data }: Frame): readonly LiveEvent[] {
  switch (event) {
    case 'hit': {
      const hit = JSON.parse(data) as Schemas['Hit']
      return [{ type: 'hit', key: id, at: hit.receivedAt, hit }]
    }
    case 'conversion': {
      const conversion = JSON.parse(data) as Schemas['Conversion'] & {
        readonly transition: Schemas['ConversionWithHistory']['history'][number]
      }
      const { transition } = conversion
      return [{ type: 'conversion', key: id, at: transition.at, conversion, transition }]
    }
    case 'delivery': {
      const delivery = JSON.parse(data) as Delivery
      return [{ type: 'delivery', key: id, at: delivery.createdAt, delivery }]
    }
    case 'attempt': {
      const attempt = JSON.parse(data) as Attempt & { readonly delivery: Delivery }
      return [{ type: 'attempt', key: id, at: attempt.startedAt, delivery: attempt.delivery, attempt }]
    }
    default:
      return []
  }
}

function missedIn(data: string): number {
  const { atLeast } = JSON.parse(data) as { readonly atLeast?: number }
  return atLeast ?? 0
}
