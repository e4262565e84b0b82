import { Timeline } from '@mantine/core'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { Icon, type IconName } from './icon.tsx'
import { AttemptEntry, DeliveryEntry, HitEntry, TransitionEntry } from './story-entries.tsx'
import classes from './story-timeline.module.css'
import { ChangeEntry, ClickEntry, RedirectEntry, RequestEntry, RoutingEntry } from './story-visit-entries.tsx'

type Schemas = components['schemas']
export type Story = Schemas['VisitStory']
export type Entry = Schemas['TimelineEntry']
/** An entry of one kind. */
export type EntryOf<Type extends Entry['type']> = Extract<Entry, { readonly type: Type }>

const ICONS: Readonly<Record<Entry['type'], IconName>> = {
  request: 'source',
  routing: 'flow',
  redirect: 'link',
  lander_view: 'lander',
  click: 'lander',
  hit: 'hits',
  conversion: 'conversion',
  delivery: 'out',
  attempt: 'send',
  update: 'settings',
  correction: 'settings',
}

/** Everything from the visit's request to the last attempt to tell somebody, in the order it happened. */
export function StoryTimeline({ story }: { readonly story: Story }) {
  const { timeZone } = useMe().workspace
  return (
    <Timeline bulletSize={26} lineWidth={1} color="gray" className={classes.timeline}>
      {story.timeline.map((entry, index) => (
        <Timeline.Item
          // biome-ignore lint/suspicious/noArrayIndexKey: what has happened does not move
          key={`${index} ${entry.type}`}
          bullet={<Icon name={ICONS[entry.type]} size={14} />}
        >
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
  switch (entry.type) {
    case 'request':
      return <RequestEntry entry={entry} />
    case 'routing':
      return <RoutingEntry entry={entry} />
    case 'redirect':
      return <RedirectEntry entry={entry} />
    case 'lander_view':
    case 'click':
      return <ClickEntry entry={entry} />
    case 'hit':
      return <HitEntry hit={entry.hit} />
    case 'conversion':
      return <TransitionEntry entry={entry} conversions={story.conversions} />
    case 'delivery':
      return <DeliveryEntry entry={entry} deliveries={story.deliveries} />
    case 'attempt':
      return <AttemptEntry entry={entry} />
    case 'update':
    case 'correction':
      return <ChangeEntry entry={entry} />
  }
}
