import { Timeline } from '@mantine/core'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { Icon, type IconName } from './icon.tsx'
import { ClickEntry, DeliveryEntry, HitEntry, TransitionEntry, VisitEntry } from './story-entries.tsx'
import classes from './story-timeline.module.css'

type Schemas = components['schemas']
export type Story = Schemas['VisitStory']
export type Conversion = Story['conversions'][number]

type Entry = {
  readonly key: string
  readonly at: string
} & (
  | { readonly kind: 'visit' | 'click'; readonly event: Story['events'][number] }
  | { readonly kind: 'hit'; readonly hit: Story['hits'][number] }
  | {
      readonly kind: 'conversion'
      readonly conversion: Conversion
      readonly transition: Conversion['history'][number]
    }
  | { readonly kind: 'delivery'; readonly delivery: Story['deliveries'][number] }
)

const ICONS: Readonly<Record<Entry['kind'], IconName>> = {
  visit: 'source',
  click: 'lander',
  hit: 'hits',
  conversion: 'conversion',
  delivery: 'out',
}

/** Visit, clicks, hits, what became of conversions, and calls out, in the order they happened. */
export function StoryTimeline({ story }: { readonly story: Story }) {
  const { timeZone } = useMe().workspace
  return (
    <Timeline bulletSize={26} lineWidth={1} color="gray" className={classes.timeline}>
      {toEntries(story).map((entry) => (
        <Timeline.Item key={entry.key} bullet={<Icon name={ICONS[entry.kind]} size={14} />}>
          <time className={classes.time} dateTime={entry.at}>
            {formatTime(entry.at, timeZone)}
          </time>
          <EntryView entry={entry} story={story} />
        </Timeline.Item>
      ))}
    </Timeline>
  )
}

function EntryView({ entry, story }: { readonly entry: Entry; readonly story: Story }) {
  switch (entry.kind) {
    case 'visit':
      return <VisitEntry visit={story.visit} />
    case 'click':
      return <ClickEntry event={entry.event} />
    case 'hit':
      return <HitEntry hit={entry.hit} />
    case 'conversion':
      return <TransitionEntry conversion={entry.conversion} transition={entry.transition} />
    case 'delivery':
      return <DeliveryEntry delivery={entry.delivery} />
  }
}

/** Causes before effects where both carry the same millisecond; sorting keeps this order. */
function toEntries(story: Story): readonly Entry[] {
  const entries: Entry[] = [
    ...story.events.flatMap((event, index): Entry[] =>
      event.kind === 'visit' || event.kind === 'click'
        ? [{ kind: event.kind, key: `event ${index}`, at: event.at, event }]
        : [],
    ),
    ...story.hits.toReversed().map((hit): Entry => ({ kind: 'hit', key: hit.id, at: hit.receivedAt, hit })),
    ...story.conversions.flatMap((conversion) =>
      conversion.history.map((transition): Entry => {
        const key = `${conversion.id} ${transition.n}`
        return { kind: 'conversion', key, at: transition.at, conversion, transition }
      }),
    ),
    ...story.deliveries
      .toReversed()
      .map((delivery): Entry => ({ kind: 'delivery', key: delivery.id, at: delivery.createdAt, delivery })),
  ]
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
