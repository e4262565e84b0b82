import { VisuallyHidden } from '@mantine/core'
import type { CSSProperties } from 'react'
import { formatTime } from '../format.ts'
import { useReceiverLabel } from '../resources-notifications.ts'
import { useMe } from '../session.ts'
import { laterWords } from '../span-words.ts'
import type { Entry, Story } from '../story-entry.ts'
import { buildPicture, type Lane, type Mark, type Tone } from '../story-picture.ts'
import { isKey, texts } from '../texts.ts'
import { pictureTexts as words } from '../texts-inspector.ts'
import { Icon, type IconName } from './icon.tsx'
import classes from './story-picture.module.css'

const TONE_ICONS: Readonly<Record<Exclude<Tone, 'plain'>, IconName>> = {
  good: 'check',
  bad: 'remove',
  look: 'minus',
  wait: 'clock',
}
const ENTRY_ICONS: Readonly<Partial<Record<Entry['type'], IconName>>> = {
  request: 'source',
  lander_view: 'lander',
  click: 'link',
  update: 'edit',
  correction: 'edit',
}

type PictureProps = {
  readonly story: Story
  /** Key of the entry that the address points at. */
  readonly current: string | null
}

/** A story as lanes over time: who did what, how it went, and how long it took. Every mark leads to its entry. */
export function StoryPicture({ story, current }: PictureProps) {
  const { lanes, gaps } = buildPicture(story)
  const { timeZone } = useMe().workspace
  const labelOf = useReceiverLabel()
  const receiverOf = (targetId: string) =>
    story.deliveries.find((delivery) => delivery.targetId === targetId)?.receiver
  if (lanes.length === 0) return null
  const times = timesOf(lanes, gaps.length)
  return (
    <section className={classes.frame} aria-label={words.label}>
      <div className={classes.grid} style={{ '--steps': gaps.length } as CSSProperties}>
        {gaps.map((gap, step) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps of time do not move
          <div key={step} className={classes.step} style={{ gridColumn: step + 2 }} aria-hidden>
            <span className={classes.gap}>{laterWords(gap)}</span>
            <span>{clockTime(times[step] ?? '', timeZone)}</span>
          </div>
        ))}
        {lanes.map((lane, row) => (
          <LaneView
            key={lane.key}
            lane={lane}
            row={row + 2}
            label={
              lane.kind === 'delivery'
                ? words.told(labelOf(receiverOf(lane.targetId)))
                : words.lanes[lane.kind]
            }
            current={current}
          />
        ))}
      </div>
    </section>
  )
}

type LaneProps = {
  readonly lane: Lane
  readonly row: number
  readonly label: string
  readonly current: string | null
}

function LaneView({ lane: { marks }, row, label, current }: LaneProps) {
  const [first, last] = [marks[0]?.step ?? 0, marks.at(-1)?.step ?? 0]
  return (
    <>
      <div className={classes.label} style={{ gridRow: row }} title={label}>
        {label}
      </div>
      <div
        className={classes.line}
        style={
          {
            gridRow: row,
            gridColumn: `${first + 2} / ${last + 3}`,
            '--span': last - first + 1,
          } as CSSProperties
        }
      />
      <ol className={classes.marks} aria-label={label}>
        {marks.map((mark) => (
          <MarkView key={mark.key} mark={mark} row={row} isCurrent={mark.key === current} />
        ))}
      </ol>
    </>
  )
}

type MarkProps = { readonly mark: Mark; readonly row: number; readonly isCurrent: boolean }

function MarkView({ mark, row, isCurrent }: MarkProps) {
  const { key, step, entry, tone, more } = mark
  const { timeZone } = useMe().workspace
  const icon = tone === 'plain' ? (ENTRY_ICONS[entry.type] ?? 'minus') : TONE_ICONS[tone]
  return (
    <li className={classes.cell} style={{ gridRow: row, gridColumn: step + 2 }}>
      <a
        href={`?entry=${encodeURIComponent(key)}`}
        className={classes.mark}
        aria-current={isCurrent ? 'true' : undefined}
      >
        <span className={classes.dot} data-tone={tone}>
          <Icon name={icon} size={12} />
        </span>
        <span>{more > 0 ? words.more(more) : wordOf(entry)}</span>
        <VisuallyHidden>, {formatTime(entry.at, timeZone)}</VisuallyHidden>
      </a>
    </li>
  )
}

function wordOf(entry: Entry): string {
  switch (entry.type) {
    case 'hit':
      return isKey(texts.outcome, entry.hit.outcome) ? texts.outcome[entry.hit.outcome] : entry.hit.outcome
    case 'conversion':
      return texts.status[entry.transition.toStatus]
    case 'delivery':
      return texts.delivery[entry.state]
    case 'attempt': {
      const { responseStatus, error } = entry.attempt
      return error === '' && responseStatus !== null && responseStatus < 300 ? words.taken : words.failed
    }
    case 'request':
      return entry.bot === '' ? words.marks.request : words.bot
    case 'routing':
    case 'redirect':
    case 'lander_view':
    case 'click':
    case 'update':
    case 'correction':
      return words.marks[entry.type]
  }
}

/** When each step is, as the marks in it say. */
function timesOf(lanes: readonly Lane[], steps: number): readonly string[] {
  const marks = lanes.flatMap((lane) => lane.marks)
  return Array.from({ length: steps }, (_, step) => marks.find((mark) => mark.step === step)?.entry.at ?? '')
}

function clockTime(at: string, timeZone: string): string {
  if (at === '') return ''
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone }).format(new Date(at))
}
