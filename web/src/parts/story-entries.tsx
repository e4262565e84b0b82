import { Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { answerOf, api } from '../api.ts'
import { formatDuration, formatMoney, formatTime } from '../format.ts'
import { useNames } from '../resource.ts'
import { campaigns, offers } from '../resources.ts'
import { useMayChange, useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { DeliveryBadge, OutcomeBadge, StatusBadge } from './badges.tsx'
import { FormProblem } from './form-footer.tsx'
import classes from './story-timeline.module.css'
import type { Conversion, Story } from './story-timeline.tsx'

const words = texts.story

export function VisitEntry({ visit }: { readonly visit: Story['visit'] }) {
  const campaignName = useNames(campaigns)
  return (
    <Line title={words.visit}>
      <Text c="dimmed">{campaignName(visit?.facts.campaignId ?? '')}</Text>
    </Line>
  )
}

export function ClickEntry({ event }: { readonly event: Story['events'][number] }) {
  const offerName = useNames(offers)
  return (
    <Line title={words.click}>
      <Text c="dimmed">{offerName(event.offerId)}</Text>
    </Line>
  )
}

export function HitEntry({ hit }: { readonly hit: Story['hits'][number] }) {
  const request = [`${hit.method} ${hit.path}`, ...hit.params.map(({ name, value }) => `${name} = ${value}`)]
  return (
    <>
      <Line title={texts.hitKind[hit.kind]}>
        <OutcomeBadge outcome={hit.outcome} />
        <Text c="dimmed">{hit.reason}</Text>
      </Line>
      <More summary={words.request}>{[...request, '', hit.ip, hit.userAgent].join('\n')}</More>
    </>
  )
}

type TransitionEntryProps = {
  readonly conversion: Conversion
  readonly transition: Conversion['history'][number]
}

export function TransitionEntry({ conversion, transition }: TransitionEntryProps) {
  const { fromStatus, toStatus, fromRevenue, toRevenue, reason } = transition
  const money = (amount: string) => formatMoney(amount, conversion.currency)
  return (
    <Line title={words.conversion(conversion.event)}>
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
    </Line>
  )
}

export function DeliveryEntry({ delivery }: { readonly delivery: Story['deliveries'][number] }) {
  const { timeZone } = useMe().workspace
  return (
    <>
      <Line title={words.delivery}>
        <DeliveryBadge state={delivery.state} />
        <Text c="dimmed">
          {delivery.state === 'pending' && delivery.attemptCount > 0
            ? words.nextAttempt(formatTime(delivery.dueAt, timeZone))
            : delivery.reason}
        </Text>
        {delivery.state !== 'skipped' && <Replay id={delivery.id} />}
      </Line>
      <More summary={`${delivery.method} ${delivery.url}`}>{delivery.body || delivery.url}</More>
      {delivery.attempts.map((attempt) => (
        <More
          key={attempt.n}
          summary={words.attempt(
            attempt.n,
            attempt.responseStatus === null ? attempt.error : String(attempt.responseStatus),
            formatDuration(attempt.durationMs),
          )}
        >
          {toAttemptText(attempt)}
        </More>
      ))}
    </>
  )
}

function toAttemptText({ request, responseStatus, responseBody, error }: Attempt): string {
  const sent = [
    `${request.method} ${request.url}`,
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`),
    ...(request.body === '' ? [] : ['', request.body]),
  ]
  const answer =
    responseStatus === null ? `${words.noAnswer}: ${error}` : `${responseStatus}\n${responseBody}`
  return [...sent, '', answer].join('\n')
}

type Attempt = Story['deliveries'][number]['attempts'][number]

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

function Line({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={classes.line}>
      <Text fw={500}>{title}</Text>
      {children}
    </div>
  )
}

/** What only some want to see: raw text behind one line. */
function More({ summary, children }: { readonly summary: string; readonly children: string }) {
  return (
    <details className={classes.more}>
      <summary>{summary}</summary>
      <pre className={classes.raw}>{children}</pre>
    </details>
  )
}
