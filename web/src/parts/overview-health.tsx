import { Anchor, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { components } from '../api-types.ts'
import { formatCount, formatDuration, formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { overviewTexts } from '../texts-overview.ts'
import { Lines, Loaded } from './loaded.tsx'
import { useOverview } from './overview-data.ts'
import classes from './overview-health.module.css'

const words = overviewTexts.health
/** As the API counts: one more stands for more. */
const COUNTED_MAX = 1_000

type Overview = components['schemas']['Overview']
type Part = {
  readonly name: string
  readonly state: 'good' | 'look' | 'bad'
  readonly text: string
  /** Where it is mended; undefined where one may not look. */
  readonly href: string | undefined
}

/** How the parts fare on which figures depend; quiet while all is well. */
export function OverviewHealth() {
  const query = useOverview()
  const { timeZone, role } = useMe().workspace
  // The state of the system is the owner's to see.
  const system = role === 'owner' ? '/settings/system' : undefined
  return (
    <section>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <Loaded query={query} skeleton={<Lines count={5} />}>
        {(overview) => (
          <>
            <ul className={classes.parts}>
              {toParts(overview, { timeZone, system }).map((part) => (
                <PartRow key={part.name} part={part} />
              ))}
            </ul>
            <OpenAlerts alerts={overview.alerts.newest} />
          </>
        )}
      </Loaded>
    </section>
  )
}

function PartRow({ part }: { readonly part: Part }) {
  const { name, state, text, href } = part
  return (
    <li className={classes.part}>
      <span className={classes.dot} data-state={state} role="img" aria-label={words.states[state]} />
      {href === undefined ? (
        <span className={classes.name}>{name}</span>
      ) : (
        <Anchor href={href} className={classes.name}>
          {name}
        </Anchor>
      )}
      <span className={classes.text} data-state={state}>
        {text}
      </span>
    </li>
  )
}

function OpenAlerts({ alerts }: { readonly alerts: Overview['alerts']['newest'] }): ReactNode {
  if (alerts.length === 0) return null
  return (
    <ul className={classes.alerts}>
      {alerts.map(({ id, title, path }) => (
        <li key={id}>
          <Anchor href={path === '' ? '/alerts' : path} size="sm">
            {title}
          </Anchor>
        </li>
      ))}
    </ul>
  )
}

type Place = { readonly timeZone: string; readonly system: string | undefined }

function toParts(overview: Overview, { timeZone, system }: Place): readonly Part[] {
  const { ledger, targets, webhooks, alertChannels, unmatched, alerts } = overview
  return [
    {
      name: words.ledger,
      state: ledger.isLate ? 'bad' : 'good',
      text:
        ledger.lagSeconds < 5
          ? words.ledgerNow
          : words.ledgerBehind(formatDuration(ledger.lagSeconds * 1_000)),
      href: system,
    },
    toDeliveries(overview, timeZone),
    toUnwell(words.targets, targets, '/notification-targets'),
    // Few workspaces have some: they are told of when something is wrong with them.
    ...[
      toUnwell(words.webhooks, webhooks, '/settings/webhooks'),
      toUnwell(words.alertChannels, alertChannels, '/settings/alerts'),
    ].filter(({ state }) => state !== 'good'),
    {
      name: words.unmatched,
      state: unmatched === 0 ? 'good' : 'look',
      text: unmatched === 0 ? words.unmatchedNone : words.unmatchedSome(formatMany(unmatched)),
      href: '/hits?outcome=unmatched',
    },
    {
      name: words.alerts,
      state: alerts.open === 0 ? 'good' : 'bad',
      text: alerts.open === 0 ? words.alertsNone : words.alertsOpen(formatMany(alerts.open)),
      href: '/alerts',
    },
  ]
}

function toDeliveries({ deliveries }: Overview, timeZone: string): Part {
  const { waiting, dueSince, isLate } = deliveries
  const common = { name: words.deliveries, href: '/deliveries?state=pending' } as const
  if (waiting === 0) return { ...common, state: 'good', text: words.deliveriesNone }
  const count = formatMany(waiting)
  if (dueSince === null || !isLate) return { ...common, state: 'good', text: words.deliveriesWaiting(count) }
  return { ...common, state: 'look', text: words.deliveriesDue(count, formatTime(dueSince, timeZone)) }
}

function toUnwell(name: string, { failing, disabled }: Overview['targets'], href: string): Part {
  const wrong = [
    ...(failing === 0 ? [] : [words.failing(formatMany(failing))]),
    ...(disabled === 0 ? [] : [words.disabled(formatMany(disabled))]),
  ]
  return {
    name,
    state: wrong.length === 0 ? 'good' : 'bad',
    text: wrong.length === 0 ? words.targetsWell : wrong.join(', '),
    href,
  }
}

/** "12", or "more than 1,000". */
export function formatMany(count: number): string {
  return count > COUNTED_MAX ? words.atMost(formatCount(COUNTED_MAX)) : formatCount(count)
}
