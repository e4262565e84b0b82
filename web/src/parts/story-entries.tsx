import { Anchor, Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatDuration, formatMoney, formatTime } from '../format.ts'
import { useReceivers } from '../resources-notifications.ts'
import { useMayChange, useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { timelineTexts } from '../texts-inspector.ts'
import { DeliveryBadge, OutcomeBadge, StatusBadge } from './badges.tsx'
import { AttemptWire } from './delivery-attempts.tsx'
import { FormProblem } from './form-footer.tsx'
import { StoryLine, StoryMore } from './story-line.tsx'
import classes from './story-timeline.module.css'
import type { EntryOf, Story } from './story-timeline.tsx'

const words = texts.story
/** Quicker than this is at once. */
const SLOW_MS = 1_000

export function HitEntry({ hit }: { readonly hit: EntryOf<'hit'>['hit'] }) {
  const request = [`${hit.method} ${hit.path}`, ...hit.params.map(({ name, value }) => `${name} = ${value}`)]
  return (
    <>
      <StoryLine title={texts.hitKind[hit.kind]}>
        <OutcomeBadge outcome={hit.outcome} />
      </StoryLine>
      <Text size="sm" c="dimmed">
        {hit.explanation || hit.reason}
      </Text>
      <StoryMore summary={words.request}>{[...request, '', hit.ip, hit.userAgent].join('\n')}</StoryMore>
    </>
  )
}

type TransitionEntryProps = {
  readonly entry: EntryOf<'conversion'>
  readonly conversions: Story['conversions']
}

export function TransitionEntry({ entry, conversions }: TransitionEntryProps) {
  const me = useMe().workspace
  const { fromStatus, toStatus, fromRevenue, toRevenue, reason } = entry.transition
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
  const { labelOf } = useReceivers()
  const { deliveryId, targetId, state, why, method, url, timing } = entry
  const delivery = deliveries.find(({ id }) => id === deliveryId)
  const waits = state === 'pending' && delivery !== undefined && delivery.attemptCount > 0
  const { queuedToDueMs, dueToSentMs } = timing
  const next = waits ? words.nextAttempt(formatTime(delivery.dueAt, timeZone)) : why
  const timings = [
    ...(queuedToDueMs >= SLOW_MS ? [timelineTexts.waited(formatDuration(queuedToDueMs))] : []),
    ...(dueToSentMs === null || dueToSentMs < SLOW_MS
      ? []
      : [timelineTexts.late(formatDuration(dueToSentMs))]),
  ]
  return (
    <>
      <StoryLine title={words.delivery(labelOf(targetId))}>
        <DeliveryBadge state={state} />
        {state !== 'skipped' && state !== 'rendered' && <Replay id={deliveryId} />}
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
      <details className={classes.more}>
        <summary>{words.attempt(attempt.n, answer, formatDuration(attempt.durationMs))}</summary>
        <AttemptWire attempt={attempt} />
      </details>
    </>
  )
}

function Replay({ id }: { readonly id: string }) {
  const queries = useQueryClient()
  const replay = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/deliveries/{id}/replay', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['story'] }),
  })
  if (!useMayChange()) return null
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        loading={replay.isPending}
        disabled={replay.isSuccess}
        onClick={() => replay.mutate()}
      >
        {replay.isSuccess ? words.replayed : words.replay}
      </Button>
      <FormProblem problem={replay.error?.message} />
    </>
  )
}
