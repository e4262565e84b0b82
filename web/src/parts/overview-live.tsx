import { Anchor, Group, Text, Title } from '@mantine/core'
import { useDocumentVisibility } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { formatMoney, LOCALE } from '../format.ts'
import type { LiveEvent } from '../live-stream.ts'
import { hostOf } from '../resources-notifications.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { liveTexts } from '../texts-inspector.ts'
import { overviewTexts } from '../texts-overview.ts'
import { useLive } from '../use-live.ts'
import { DeliveryBadge, OutcomeBadge, StatusBadge } from './badges.tsx'
import classes from './overview-live.module.css'

const words = overviewTexts.live
const KINDS = ['hits', 'conversions', 'deliveries'] as const
const SHOWN = 8

/** The last things that happened. While nobody sees the page, nothing is asked for. */
export function OverviewLive() {
  const isHidden = useDocumentVisibility() === 'hidden'
  const { events, state, problem } = useLive(KINDS, isHidden)
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{words.title}</Title>
        <Anchor href="/live" size="sm">
          {words.all}
        </Anchor>
      </Group>
      {events.length === 0 ? (
        <Text size="sm" c="dimmed" role="status">
          {problem ?? (state === 'lost' ? words.lost : words.waiting)}
        </Text>
      ) : (
        <ol className={classes.events} aria-label={liveTexts.log}>
          {events.slice(0, SHOWN).map((event) => (
            <LiveLine key={event.key} event={event} />
          ))}
        </ol>
      )}
    </section>
  )
}

function LiveLine({ event }: { readonly event: LiveEvent }) {
  const { timeZone } = useMe().workspace
  const time = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium', timeZone })
  return (
    <li className={classes.event}>
      <time dateTime={event.at} className={classes.time}>
        {time.format(new Date(event.at))}
      </time>
      <What event={event} />
    </li>
  )
}

function What({ event }: { readonly event: LiveEvent }) {
  switch (event.type) {
    case 'hit':
      return (
        <Line href={storyOf(event.hit.clickId)} text={texts.hitKind[event.hit.kind]}>
          <OutcomeBadge outcome={event.hit.outcome} />
        </Line>
      )
    case 'conversion': {
      const { conversion, transition } = event
      const money = formatMoney(transition.toRevenue, conversion.currency)
      return (
        <Line href={storyOf(conversion.clickId)} text={`${conversion.event}, ${money}`}>
          <StatusBadge status={transition.toStatus} />
        </Line>
      )
    }
    case 'delivery':
    case 'attempt':
      return (
        <Line href={`/deliveries/${event.delivery.id}`} text={hostOf(event.delivery.url)}>
          <DeliveryBadge state={event.delivery.state} />
        </Line>
      )
  }
}

type LineProps = {
  readonly href: string | undefined
  readonly text: string
  readonly children: ReactNode
}

function Line({ href, text, children }: LineProps) {
  return (
    <>
      {href === undefined ? (
        <span className={classes.what}>{text}</span>
      ) : (
        <Anchor href={href} className={classes.what}>
          {text}
        </Anchor>
      )}
      {children}
    </>
  )
}

function storyOf(clickId: string): string | undefined {
  return clickId === '' ? undefined : `/visits/${encodeURIComponent(clickId)}`
}
