import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatDuration, formatMoney, formatTime } from '../format.ts'
import { DeliveryBadge } from '../parts/badges.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page, Section } from '../parts/page.tsx'
import timeline from '../parts/story-timeline.module.css'
import facts from '../parts/visit-facts.module.css'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import { conversionText } from './postback-log.tsx'
import { Raw } from './postback-test.tsx'

type Entry = components['schemas']['PortalPostbackLogEntryWithAttempts']
type Attempt = Entry['attempts'][number]
const words = portalTexts.log

/** One postback or pixel of one conversion, with every attempt as it was sent and answered. */
export function PostbackLogEntry({ params: { id = '' } }: { readonly params: PathParams }) {
  const query = useQuery({
    queryKey: ['portal/postback-log', id],
    queryFn: () => answerOf(api.GET('/api/v1/portal/postback-log/{id}', { params: { path: { id } } })),
  })
  return (
    <Page title={words.entry} back={{ href: '/portal/postback-log', label: words.title }}>
      <Loaded query={query}>{(entry) => <EntryView entry={entry} />}</Loaded>
    </Page>
  )
}

function EntryView({ entry }: { readonly entry: Entry }) {
  const { type, state, reason, method, url, body, attempts } = entry
  const isCall = type === 'postback'
  return (
    <Stack gap="lg">
      <Group>
        <DeliveryBadge state={state} />
      </Group>
      {reason !== '' && <Note tone={state === 'dead' ? 'bad' : 'look'}>{reason}</Note>}
      {isCall && (state === 'dead' || state === 'pending') && (
        <Text size="sm" c="dimmed" maw={720}>
          {words.again}
        </Text>
      )}
      <EntryFacts entry={entry} />
      <Raw title={isCall ? words.request : words.pixel}>
        {[isCall ? `${method} ${url}` : url, body].filter((part) => part !== '').join('\n\n')}
      </Raw>
      <Section title={words.attempts}>
        {attempts.length === 0 && (
          <Text size="sm" c="dimmed">
            {isCall ? words.noAttempts : words.shown}
          </Text>
        )}
        {attempts.map((attempt, index) => (
          <details key={attempt.n} className={timeline.more} open={index === attempts.length - 1}>
            <summary>
              {words.attempt(
                attempt.n,
                attempt.responseStatus === null ? attempt.error : String(attempt.responseStatus),
                formatDuration(attempt.durationMs),
              )}
            </summary>
            <Raw title={words.request}>{requestText(attempt)}</Raw>
            <Raw title={words.answer}>{answerText(attempt)}</Raw>
          </details>
        ))}
      </Section>
    </Stack>
  )
}

function EntryFacts({ entry }: { readonly entry: Entry }) {
  const { timeZone } = useMe().workspace
  const rows: readonly (readonly [name: string, value: string])[] = [
    [words.time, formatTime(entry.createdAt, timeZone)],
    [words.event, conversionText(entry)],
    [words.offer, entry.offerName],
    [words.payout, formatMoney(entry.payout, entry.currency)],
    [words.clickId, entry.clickId],
    [words.id, entry.id],
    [words.nextAttempt, entry.nextAttemptAt === null ? '' : formatTime(entry.nextAttemptAt, timeZone)],
  ]
  return (
    <dl className={facts.facts}>
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function requestText({ request }: Attempt): string {
  const { method, url, headers, body } = request
  return [`${method} ${url}`, ...headerLines(headers), ...(body === '' ? [] : ['', body])].join('\n')
}

/** What the tracker says comes before how: it is what explains a failure. */
function answerText({ responseStatus, responseHeaders, responseBody, error }: Attempt): string {
  if (responseStatus === null) return `${words.noAnswer}: ${error}`
  const body = responseBody === '' ? [] : [responseBody, '']
  return [String(responseStatus), ...body, ...headerLines(responseHeaders)].join('\n')
}

function headerLines(headers: Readonly<Record<string, string | readonly string[]>>): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`)
}
