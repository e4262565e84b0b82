import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { reasonWords } from '../attempt-words.ts'
import { formatTime } from '../format.ts'
import { DeliveryBadge } from '../parts/badges.tsx'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DeliveryAttempts } from '../parts/delivery-attempts.tsx'
import { DeliveryReplay } from '../parts/delivery-replay.tsx'
import { DeliveryTarget } from '../parts/delivery-target.tsx'
import { Facts } from '../parts/facts.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page, Section } from '../parts/page.tsx'
import { RawText, toWireText } from '../parts/raw-text.tsx'
import type { DeliveryWithAttempts } from '../resources-notifications.ts'
import type { PathParams } from '../router.tsx'
import { useMayChange, useMe } from '../session.ts'
import { deliveryTexts, oneDeliveryTexts as words } from '../texts-deliveries.ts'

const REFRESH_MS = 2_000

/** One call: where it stands, every attempt, and sending it again or no more. */
export function DeliveryScreen({ params: { id = '' } }: { readonly params: PathParams }) {
  const query = useQuery({
    queryKey: ['deliveries', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? REFRESH_MS : false),
  })
  const mayChange = useMayChange()
  return (
    <Page
      title={words.title}
      back={{ href: '/deliveries', label: deliveryTexts.title }}
      actions={query.data && mayChange && <Actions delivery={query.data} />}
    >
      <Loaded query={query}>{(delivery) => <DeliveryView delivery={delivery} />}</Loaded>
    </Page>
  )
}

type DeliveryProps = { readonly delivery: DeliveryWithAttempts }

function DeliveryView({ delivery }: DeliveryProps) {
  const { state, reason, method, url, body, contentType, attempts } = delivery
  const stands = state === 'pending' && attempts.length > 0 ? words.states.retrying : words.states[state]
  const tone = state === 'dead' ? 'bad' : state === 'delivered' || state === 'rendered' ? 'good' : 'look'
  return (
    <Stack gap="lg" maw={920}>
      <Note tone={tone} live>
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <DeliveryBadge state={state} />
          <div>
            {stands}
            {reason !== '' && (
              <Text size="sm" c="dimmed">
                {reasonWords(reason)}
              </Text>
            )}
          </div>
        </Group>
      </Note>
      <DeliveryTarget targetId={delivery.targetId} receiver={delivery.receiver} />
      <DeliveryFacts delivery={delivery} />
      <Section title={words.attempts} aside={attempts.length > 0 ? words.headers : undefined}>
        {attempts.length === 0 ? (
          <>
            <Text size="sm" c="dimmed">
              {state === 'pending' ? words.noAttempts : words.neverSent}
            </Text>
            <RawText title={words.request}>
              {toWireText(
                `${method} ${url}`,
                contentType === '' ? {} : { 'content-type': contentType },
                body,
              )}
            </RawText>
          </>
        ) : (
          <DeliveryAttempts attempts={attempts} />
        )}
      </Section>
    </Stack>
  )
}

function DeliveryFacts({ delivery }: DeliveryProps) {
  const { clickId, conversionId, state, attemptCount, createdAt, updatedAt, dueAt } = delivery
  const { timeZone } = useMe().workspace
  return (
    <Facts
      facts={[
        [
          deliveryTexts.clickId,
          clickId === '' ? (
            ''
          ) : (
            <Anchor key="click" inherit href={`/visits/${encodeURIComponent(clickId)}`}>
              {clickId}
            </Anchor>
          ),
        ],
        [clickId === '' ? deliveryTexts.about : deliveryTexts.conversion, conversionId],
        [deliveryTexts.attempts, String(attemptCount)],
        [words.created, formatTime(createdAt, timeZone)],
        [words.updated, formatTime(updatedAt, timeZone)],
        [words.due, state === 'pending' ? formatTime(dueAt, timeZone) : ''],
      ]}
    />
  )
}

/** What its state allows: what a rule skipped, or a page has shown, can not be sent. */
function Actions({ delivery: { id, state } }: DeliveryProps) {
  const queries = useQueryClient()
  const params = { path: { id } }
  const done = () => queries.invalidateQueries({ queryKey: ['deliveries'] })
  return (
    <>
      {state === 'pending' && (
        <ConfirmButton
          label={words.cancel}
          title={words.cancelTitle}
          text={words.cancelAsk}
          isGrave
          dismissLabel={words.keep}
          run={async () => {
            await answerOf(api.POST('/api/v1/deliveries/{id}/cancel', { params }))
            await done()
          }}
        />
      )}
      <DeliveryReplay id={id} state={state} />
    </>
  )
}
