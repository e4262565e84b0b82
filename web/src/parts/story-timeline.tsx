import { Timeline } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { laterWords } from '../span-words.ts'
import { type Entry, keyOfEntry, type Story } from '../story-entry.ts'
import { timelineTexts } from '../texts-inspector.ts'
import { Icon, type IconName } from './icon.tsx'
import { AttemptEntry, DeliveryEntry, HitEntry, TransitionEntry } from './story-entries.tsx'
import { IsPointedAt } from './story-line.tsx'
import classes from './story-timeline.module.css'
import { ChangeEntry, ClickEntry, RedirectEntry, RequestEntry, RoutingEntry } from './story-visit-entries.tsx'

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

type TimelineProps = {
  readonly story: Story
  /** Key of the entry that the address points at: it is opened and scrolled to. */
  readonly current: string | null
}

/** Everything from the visit's request to the last attempt to tell somebody, in the order it happened. */
export function StoryTimeline({ story, current }: TimelineProps) {
  const { timeline } = story
  return (
    <Timeline
      bulletSize={26}
      lineWidth={1}
      color="gray"
      className={classes.timeline}
      aria-label={timelineTexts.all}
    >
      {timeline.map((entry, index) => (
        <Timeline.Item
          // biome-ignore lint/suspicious/noArrayIndexKey: what has happened does not move
          key={`${index} ${entry.type}`}
          bullet={<Icon name={ICONS[entry.type]} size={14} />}
        >
          <EntryFrame
            entry={entry}
            later={laterWords(Date.parse(entry.at) - Date.parse(timeline[index - 1]?.at ?? entry.at))}
            isPointedAt={keyOfEntry(entry) === current}
          >
            <EntryView entry={entry} story={story} />
          </EntryFrame>
        </Timeline.Item>
      ))}
    </Timeline>
  )
}

type EntryFrameProps = {
  readonly entry: Entry
  readonly later: string
  readonly isPointedAt: boolean
  readonly children: ReactNode
}

/** When it happened, as a link to itself, and what. */
function EntryFrame({ entry, later, isPointedAt, children }: EntryFrameProps) {
  const { timeZone } = useMe().workspace
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isPointedAt) return
    frame.current?.scrollIntoView({ block: 'center' })
    frame.current?.focus({ preventScroll: true })
  }, [isPointedAt])
  return (
    <div ref={frame} tabIndex={-1} className={classes.entry} data-current={isPointedAt}>
      <a
        href={`?entry=${encodeURIComponent(keyOfEntry(entry))}`}
        className={classes.time}
        title={timelineTexts.link}
      >
        <time dateTime={entry.at}>{formatTime(entry.at, timeZone)}</time>
        {later !== '' && <span className={classes.later}>{later}</span>}
      </a>
      <IsPointedAt value={isPointedAt}>{children}</IsPointedAt>
    </div>
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
