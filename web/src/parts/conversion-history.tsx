import { Text } from '@mantine/core'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { useActorName } from '../resources.ts'
import { texts } from '../texts.ts'
import { conversionTexts as words } from '../texts-conversions.ts'
import { StatusBadge } from './badges.tsx'
import classes from './conversion-history.module.css'
import { When } from './when.tsx'

type Transition = components['schemas']['ConversionWithHistory']['history'][number]
type HistoryProps = { readonly history: readonly Transition[]; readonly currency: string }

/** What happened to a conversion, by whom and why, newest first. */
export function ConversionHistory({ history, currency }: HistoryProps) {
  return (
    <section>
      <Text size="sm" fw={600} component="h3" m={0}>
        {words.history}
      </Text>
      <ol className={classes.history} reversed>
        {history.toReversed().map((transition) => (
          <TransitionView key={transition.n} transition={transition} currency={currency} />
        ))}
      </ol>
    </section>
  )
}

type TransitionProps = { readonly transition: Transition; readonly currency: string }

function TransitionView({ transition, currency }: TransitionProps) {
  const { at, actor, fromStatus, toStatus, reason } = transition
  const actorName = useActorName()
  const money = (amount: string) => (amount === '' ? '' : formatMoney(amount, currency))
  const change = (from: string, to: string) =>
    fromStatus === '' || from === to ? money(to) : texts.story.changed(money(from), money(to))
  const revenue = change(transition.fromRevenue, transition.toRevenue)
  const payout = change(transition.fromPayout, transition.toPayout)
  // On the tracker's side nobody is paid for it.
  const hasPayout = Number(transition.fromPayout) !== 0 || Number(transition.toPayout) !== 0
  return (
    <li className={classes.change}>
      <div className={classes.line}>
        {fromStatus !== '' && fromStatus !== toStatus && (
          <>
            <StatusBadge status={fromStatus} /> <span aria-hidden>→</span>
          </>
        )}
        <StatusBadge status={toStatus} />
        <Text size="sm">{revenue}</Text>
        {hasPayout && (
          <Text size="sm" c="dimmed">
            {words.payoutThen(payout)}
          </Text>
        )}
      </div>
      <Text size="xs" c="dimmed">
        <When at={at} /> · {actor === 'hit' ? words.byHit : actorName(actor)}
        {reason !== '' && ` · ${reason}`}
      </Text>
    </li>
  )
}
