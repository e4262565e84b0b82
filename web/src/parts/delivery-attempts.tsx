import { Stack, Text } from '@mantine/core'
import { attemptWords, isTaken } from '../attempt-words.ts'
import { formatDuration } from '../format.ts'
import type { DeliveryWithAttempts } from '../resources-notifications.ts'
import { oneDeliveryTexts as words } from '../texts-deliveries.ts'
import { AttemptTimes } from './attempt-times.tsx'
import classes from './delivery-attempts.module.css'
import { RawText, toWireText } from './raw-text.tsx'
import { When } from './when.tsx'

type Attempt = DeliveryWithAttempts['attempts'][number]

/** Every attempt, the last one first and open: when, what came of it, and both sides of the wire. */
export function DeliveryAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <ol className={classes.attempts} reversed>
      {attempts.toReversed().map((attempt, index) => (
        <li key={attempt.n} className={classes.attempt} data-taken={isTaken(attempt)}>
          <details open={index === 0}>
            <summary className={classes.summary}>
              <span className={classes.number}>{attempt.n}</span>
              <span className={classes.words}>{attemptWords(attempt)}</span>
              <span className={classes.time}>
                {formatDuration(attempt.durationMs)} · <When at={attempt.startedAt} />
              </span>
            </summary>
            <AttemptWire attempt={attempt} />
          </details>
        </li>
      ))}
    </ol>
  )
}

/** Where the time went, what was sent, and what came back. */
export function AttemptWire({ attempt }: { readonly attempt: Attempt }) {
  const { request, responseStatus, responseHeaders, responseBody, error, phases } = attempt
  return (
    <Stack gap="sm" mt="xs">
      <AttemptTimes phases={phases} />
      <RawText title={words.request}>
        {toWireText(`${request.method} ${request.url}`, request.headers, request.body)}
      </RawText>
      {responseStatus === null ? (
        <Text size="sm" c="dimmed">
          {words.noAnswer}
          {error !== '' && ` (${error})`}
        </Text>
      ) : (
        <RawText title={words.answer}>
          {toWireText(String(responseStatus), responseHeaders, responseBody || words.emptyAnswer)}
        </RawText>
      )}
    </Stack>
  )
}
