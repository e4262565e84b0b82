import { Anchor, Text } from '@mantine/core'
import { reasonWords } from '../attempt-words.ts'
import { formatDuration, formatMoney, formatTime } from '../format.ts'
import { toHitText } from '../hit-text.ts'
import { useActorName } from '../resources.ts'
import { useReceiverLabel } from '../resources-notifications.ts'
import { useMe } from '../session.ts'
import type { EntryOf, Story } from '../story-entry.ts'
import { texts } from '../texts.ts'
import { timelineTexts } from '../texts-inspector.ts'
import { DeliveryBadge, OutcomeBadge, StatusBadge } from './badges.tsx'
import { AttemptWire } from './delivery-attempts.tsx'
import { DeliveryReplay } from './delivery-replay.tsx'
import { StoryDetails, StoryLine, StoryMore } from './story-line.tsx'
import classes from './story-timeline.module.css'

const words = texts.story
/** Quicker than this is at once. */
const SLOW_MS = 1_000

export function HitEntry({ hit }: { readonly hit: EntryOf<'hit'>['hit'] }) {
  const said = hit.explanation || hit.reason
  return (
    <>
      <StoryLine title={texts.hitKind[hit.kind]}>
        <OutcomeBadge outcome={hit.outcome} />
      </StoryLine>
      <Text size="sm" c="dimmed">
        {said}
      </Text>
      <StoryMore summary={words.request}>{toHitText(hit)}</StoryMore>
    </>
  )
}

type TransitionEntryProps = {
  readonly entry: EntryOf<'conversion'>
  readonly conversions: Story['conversions']
}

export function TransitionEntry({ entry, conversions }: TransitionEntryProps) {
  const me = useMe().workspace
  const actorName = useActorName()
  const { fromStatus, toStatus, fromRevenue, toRevenue, reason, actor } = entry.transition
  const currency = conversions.find(({ id }) => id === entry.conversionId)?.currency ?? me.currency
  const money = (amount: string) => formatMoney(amount, currency)
  return (
    <StoryLine title={words.conversion(entry.event)}>
      {fromStatus !== '' && fromStatus !== toStatus && (
        <>
          <StatusBadge status={fromStatus} /> <span aria-hidden>→</span>
        </>
      )}
      <StatusBadge status={toStatus} />
      <Text>
        {fromStatus === '' || fromRevenue === toRevenue
          ? money(toRevenue)
          : words.changed(money(fromRevenue), money(toRevenue))}
      </Text>
      <Text c="dimmed">{reason}</Text>
      {actor !== 'hit' && <Text c="dimmed">{timelineTexts.byHand(actorName(actor))}</Text>}
      <Anchor href={`/conversions?open=${entry.conversionId}`} size="sm">
        {timelineTexts.openConversion}
      </Anchor>
    </StoryLine>
  )
}

type DeliveryEntryProps = {
  readonly entry: EntryOf<'delivery'>
  readonly deliveries: Story['deliveries']
}

/** That somebody is to be told, where it stands, and how long it took. */
export function DeliveryEntry({ entry, deliveries }: DeliveryEntryProps) {
  const { timeZone } = useMe().workspace
  const labelOf = useReceiverLabel()
  const { deliveryId, state, why, method, url, timing } = entry
  const delivery = deliveries.find(({ id }) => id === deliveryId)
  const waits = state === 'pending' && delivery !== undefined && delivery.attemptCount > 0
  const { queuedToDueMs, dueToSentMs } = timing
  const next = waits ? timelineTexts.nextAttempt(formatTime(delivery.dueAt, timeZone)) : reasonWords(why)
  const timings = [
    ...(queuedToDueMs >= SLOW_MS ? [timelineTexts.waited(formatDuration(queuedToDueMs))] : []),
    ...(dueToSentMs === null || dueToSentMs < SLOW_MS
      ? []
      : [timelineTexts.late(formatDuration(dueToSentMs))]),
  ]
  return (
    <>
      <StoryLine title={words.delivery(labelOf(delivery?.receiver))}>
        <DeliveryBadge state={state} />
        <DeliveryReplay id={deliveryId} state={state} size="compact-xs" />
        <Anchor href={`/deliveries/${deliveryId}`} size="sm">
          {timelineTexts.openDelivery}
        </Anchor>
      </StoryLine>
      {next !== '' && (
        <Text size="sm" c="dimmed">
          {next}
        </Text>
      )}
      <code className={classes.url}>
        {method} {url}
      </code>
      {timings.length > 0 && (
        <Text size="xs" c="dimmed">
          {timings.join(', ')}
        </Text>
      )}
    </>
  )
}

/** One try to tell somebody, with both sides of the wire. */
export function AttemptEntry({ entry: { attempt, explanation } }: { readonly entry: EntryOf<'attempt'> }) {
  const answer = attempt.responseStatus === null ? attempt.error : String(attempt.responseStatus)
  return (
    <>
      <Text size="sm">{explanation}</Text>
      <StoryDetails summary={words.attempt(attempt.n, answer, formatDuration(attempt.durationMs))}>
        <AttemptWire attempt={attempt} />
      </StoryDetails>
    </>
  )
}
