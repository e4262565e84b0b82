import { isTaken } from './attempt-words.ts'
import { type Entry, keyOfEntry, type Story } from './story-entry.ts'

/** good: it went well. bad: it did not. look: nothing came of it. wait: it is not over. plain: it just happened. */
export type Tone = 'good' | 'bad' | 'look' | 'wait' | 'plain'

/** What happened, as a mark in the picture of a story. */
export type Mark = {
  readonly key: string
  /** Which step of time, from 0. */
  readonly step: number
  readonly entry: Entry
  readonly tone: Tone
  /** Later attempts that have no mark of their own. */
  readonly more: number
}

export type LaneKind = 'visit' | 'hit' | 'conversion' | 'delivery'
export type Lane = {
  readonly key: string
  readonly kind: LaneKind
  /** Whom the deliveries of the lane go to; '' for the other lanes. */
  readonly targetId: string
  readonly marks: readonly Mark[]
}

/** Lanes over steps of time. Every step is as wide as another: milliseconds and days stand in one picture. */
export type Picture = {
  readonly lanes: readonly Lane[]
  /** How long after the step before a step begins, in milliseconds; 0 for the first. */
  readonly gaps: readonly number[]
}

/** Of more attempts than this those between the first and the last two have no marks. */
const ATTEMPTS_MARKED_MAX = 4
const LANE_KINDS: readonly LaneKind[] = ['visit', 'hit', 'conversion', 'delivery']

/** The story as lanes: the visit's own way, its hits, its conversions, and a lane for each who was told. */
export function buildPicture(story: Story): Picture {
  const lanes = new Map<string, Lane & { readonly marks: Mark[] }>()
  const gaps: number[] = []
  let before = ''
  for (const { entry, more } of markedEntries(story)) {
    const found = laneOf(entry, story)
    const lane = lanes.get(found.key) ?? { ...found, marks: [] }
    // What happens at one moment stands under each other, unless it would stand on each other.
    const isNext = entry.at !== before || lane.marks.at(-1)?.step === gaps.length - 1
    if (isNext) gaps.push(before === '' ? 0 : Date.parse(entry.at) - Date.parse(before))
    before = entry.at
    lane.marks.push({ key: keyOfEntry(entry), step: gaps.length - 1, entry, tone: toneOf(entry), more })
    lanes.set(lane.key, lane)
  }
  const order = (lane: Lane) => LANE_KINDS.indexOf(lane.kind)
  return { lanes: [...lanes.values()].sort((a, b) => order(a) - order(b)), gaps }
}

type Marked = { readonly entry: Entry; readonly more: number }

/** Routing and redirect belong to the request, and a delivery that was tried shows by its attempts. */
function markedEntries({ timeline, deliveries }: Story): readonly Marked[] {
  const attempts = new Map(deliveries.map(({ id, attempts: all }) => [id, all.length]))
  return timeline.flatMap((entry): readonly Marked[] => {
    if (entry.type === 'routing' || entry.type === 'redirect') return []
    if (entry.type === 'delivery')
      return (attempts.get(entry.deliveryId) ?? 0) > 0 ? [] : [{ entry, more: 0 }]
    if (entry.type !== 'attempt') return [{ entry, more: 0 }]
    const count = attempts.get(entry.deliveryId) ?? 0
    const { n } = entry.attempt
    if (count <= ATTEMPTS_MARKED_MAX || n > count - 2) return [{ entry, more: 0 }]
    return n === 1 ? [{ entry, more: count - 3 }] : []
  })
}

function laneOf(entry: Entry, { deliveries }: Story): Omit<Lane, 'marks'> {
  switch (entry.type) {
    case 'hit':
      return { key: 'hit', kind: 'hit', targetId: '' }
    case 'conversion':
      return { key: `conversion ${entry.conversionId}`, kind: 'conversion', targetId: '' }
    case 'delivery':
      return { key: `to ${entry.targetId}`, kind: 'delivery', targetId: entry.targetId }
    case 'attempt': {
      const targetId = deliveries.find(({ id }) => id === entry.deliveryId)?.targetId ?? ''
      return { key: `to ${targetId}`, kind: 'delivery', targetId }
    }
    case 'request':
    case 'routing':
    case 'redirect':
    case 'lander_view':
    case 'click':
    case 'update':
    case 'correction':
      return { key: 'visit', kind: 'visit', targetId: '' }
  }
}

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  recorded: 'good',
  updated: 'good',
  test: 'good',
  rejected: 'bad',
  malformed: 'bad',
  unauthorized: 'bad',
}
const STATUS_TONES: Readonly<Record<string, Tone>> = { approved: 'good', pending: 'wait', rejected: 'bad' }
const DELIVERY_TONES: Readonly<Record<string, Tone>> = {
  delivered: 'good',
  rendered: 'good',
  pending: 'wait',
  dead: 'bad',
}

/** How an entry went. */
function toneOf(entry: Entry): Tone {
  switch (entry.type) {
    case 'hit':
      return OUTCOME_TONES[entry.hit.outcome] ?? 'look'
    case 'conversion':
      return STATUS_TONES[entry.transition.toStatus] ?? 'look'
    case 'delivery':
      return DELIVERY_TONES[entry.state] ?? 'look'
    case 'attempt':
      return isTaken(entry.attempt) ? 'good' : 'bad'
    case 'request':
      return entry.bot === '' ? 'plain' : 'look'
    case 'routing':
    case 'redirect':
    case 'lander_view':
    case 'click':
    case 'update':
    case 'correction':
      return 'plain'
  }
}
