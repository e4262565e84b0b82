import { Text } from '@mantine/core'
import { formatDuration } from '../format.ts'
import type { DeliveryWithAttempts } from '../resources-notifications.ts'
import { attemptTimesTexts as words } from '../texts-deliveries.ts'
import classes from './attempt-times.module.css'

type Phases = DeliveryWithAttempts['attempts'][number]['phases']

/** In the order of a call. */
const PHASES = ['queued', 'resolve', 'connect', 'tls', 'answer', 'read'] as const
/** A free connection is there at once; only a queue for one is worth a word. */
const QUEUED_MS_MIN = 1

/** Where the time of an attempt went: as a bar, and the same in numbers. Nothing where it was not measured. */
export function AttemptTimes({ phases }: { readonly phases: Phases }) {
  if (phases === null) return null
  const shown = PHASES.flatMap((name) => {
    const ms = phases[`${name}Ms`]
    return ms === undefined || (name === 'queued' && ms < QUEUED_MS_MIN) ? [] : [{ name, ms }]
  })
  return (
    <div>
      <Text size="sm" fw={500}>
        {words.title}
      </Text>
      <div className={classes.bar} aria-hidden>
        {shown.map(({ name, ms }) => (
          <span key={name} className={classes.part} data-phase={name} style={{ flexGrow: ms }} />
        ))}
      </div>
      <dl className={classes.legend}>
        {phases.isReused && (
          <div className={classes.item}>
            <dt>{words.connection}</dt>
            <dd>{words.reused}</dd>
          </div>
        )}
        {shown.map(({ name, ms }) => (
          <div key={name} className={classes.item}>
            <dt>
              <span className={classes.swatch} data-phase={name} aria-hidden />
              {words.phases[name]}
            </dt>
            <dd>{formatPhase(ms)}</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed" mt={4}>
        {words.waited(formatPhase(phases.waitedMs))}
      </Text>
    </div>
  )
}

function formatPhase(ms: number): string {
  return ms < 1 ? words.under : formatDuration(ms)
}
