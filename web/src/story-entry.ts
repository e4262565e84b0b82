import type { components } from './api-types.ts'

type Schemas = components['schemas']
export type Story = Schemas['VisitStory']
export type Entry = Schemas['TimelineEntry']
/** An entry of one kind. */
export type EntryOf<Type extends Entry['type']> = Extract<Entry, { readonly type: Type }>

/** Names an entry within its story, so that an address can point at it. What happened keeps its name. */
export function keyOfEntry(entry: Entry): string {
  switch (entry.type) {
    case 'hit':
      return `hit-${entry.hit.id}`
    case 'conversion':
      return `conversion-${entry.conversionId}-${entry.transition.n}`
    case 'delivery':
      return `delivery-${entry.deliveryId}`
    case 'attempt':
      return `attempt-${entry.deliveryId}-${entry.attempt.n}`
    case 'request':
    case 'routing':
    case 'redirect':
      return entry.type
    case 'lander_view':
    case 'click':
    case 'update':
    case 'correction':
      return `${entry.type}-${Date.parse(entry.at)}`
  }
}
