import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { attemptWords, reasonWords } from '../attempt-words.ts'
import { formatMoney } from '../format.ts'
import type { LiveEvent } from '../live-stream.ts'
import { hostOf } from '../resources-notifications.ts'
import { texts } from '../texts.ts'
import { liveTexts as words } from '../texts-inspector.ts'
import { DeliveryBadge, OutcomeBadge, StatusBadge } from './badges.tsx'
import classes from './live.module.css'
import { When } from './when.tsx'

/** One thing that happened, and where to look closer. */
export function LiveRow({ event }: { readonly event: LiveEvent }) {
  const { href, clickId } = placesOf(event)
  return (
    <li className={classes.event}>
      <span className={classes.time}>
        <When at={event.at} />
      </span>
      <Text size="sm" fw={500}>
        {href === undefined ? words[event.type] : <Anchor href={href}>{words[event.type]}</Anchor>}
      </Text>
      <div className={classes.what}>{whatHappened(event)}</div>
      {clickId === '' ? (
        <span />
      ) : (
        <Anchor href={`/visits/${encodeURIComponent(clickId)}`} size="sm">
          {words.story}
        </Anchor>
      )}
    </li>
  )
}

function placesOf(event: LiveEvent): { readonly href: string | undefined; readonly clickId: string } {
  switch (event.type) {
    case 'hit':
      return { href: undefined, clickId: event.hit.clickId }
    case 'conversion':
      return { href: undefined, clickId: event.conversion.clickId }
    case 'delivery':
    case 'attempt':
      return { href: `/deliveries/${event.delivery.id}`, clickId: event.delivery.clickId }
  }
}

function whatHappened(event: LiveEvent): ReactNode {
  switch (event.type) {
    case 'hit':
      return (
        <>
          <OutcomeBadge outcome={event.hit.outcome} />
          {texts.hitKind[event.hit.kind]}
          <Dimmed>{event.hit.explanation || event.hit.reason}</Dimmed>
        </>
      )
    case 'conversion': {
      const { conversion, transition } = event
      return (
        <>
          <StatusBadge status={transition.toStatus} />
          {conversion.event}
          <Dimmed>{formatMoney(transition.toRevenue, conversion.currency)}</Dimmed>
        </>
      )
    }
    case 'delivery':
      return (
        <>
          <DeliveryBadge state={event.delivery.state} />
          {hostOf(event.delivery.url)}
          <Dimmed>{reasonWords(event.delivery.reason)}</Dimmed>
        </>
      )
    case 'attempt':
      return (
        <>
          {hostOf(event.delivery.url)}
          <Dimmed>{attemptWords(event.attempt)}</Dimmed>
        </>
      )
  }
}

function Dimmed({ children }: { readonly children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  )
}
