import { Anchor, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatTime } from '../format.ts'
import classes from '../parts/alerts.module.css'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import type { Alert } from '../resources-notifications.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { alertTexts as words } from '../texts-alerts.ts'

const PAGE_SIZE = 50
const REFRESH_MS = 15_000
type Chosen = keyof typeof words.states

/** What is wrong now, and what was. */
export function Alerts() {
  const given = usePlace().query.get('state')
  const state: Chosen = isKey(words.states, given) ? given : 'open'
  const query = useInfiniteQuery({
    queryKey: ['alerts', state],
    queryFn: ({ pageParam: cursor }) => {
      const page = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) }
      const params = { query: state === 'all' ? page : { ...page, state } }
      return answerOf(api.GET('/api/v1/alerts', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state: { data } }) => (data?.pages.length === 1 ? REFRESH_MS : false),
  })
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button
          component="a"
          href="/settings/alerts"
          variant="default"
          leftSection={<Icon name="settings" size={14} />}
        >
          {words.settings}
        </Button>
      }
    >
      <Group>
        <SegmentedControl
          aria-label={words.state}
          data={toOptions(words.states)}
          value={state}
          onChange={(chosen) => setQuery({ state: chosen === 'open' ? undefined : chosen })}
        />
      </Group>
      <Loaded query={query}>
        {({ pages }) => (
          <>
            <AlertList alerts={pages.flatMap(({ items }) => items)} state={state} />
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function AlertList({ alerts, state }: { readonly alerts: readonly Alert[]; readonly state: Chosen }) {
  if (alerts.length === 0) {
    return state === 'open' ? (
      <Empty icon="check" title={words.emptyTitle} text={words.emptyText} />
    ) : (
      <Empty icon="bell" title={words.nothingTitle} text={words.nothingText} />
    )
  }
  return (
    <ul className={classes.alerts}>
      {alerts.map((alert) => (
        <AlertItem key={alert.id} alert={alert} />
      ))}
    </ul>
  )
}

function AlertItem({ alert }: { readonly alert: Alert }) {
  const { id, kind, state, title, text, path, openedAt, resolvedAt, toldAt } = alert
  const { timeZone } = useMe().workspace
  const since = formatTime(openedAt, timeZone)
  const when =
    resolvedAt === null ? words.opened(since) : words.resolved(since, formatTime(resolvedAt, timeZone))
  return (
    <li className={classes.alert} data-state={state}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Text fw={600}>{title}</Text>
        <StateBadge state={state} words={words.states} />
      </Group>
      <Text size="xs" c="dimmed">
        {words.kinds[kind]} · {when} ·{' '}
        {toldAt === null ? words.untold : words.told(formatTime(toldAt, timeZone))}
      </Text>
      <Stack gap={2} mt={8}>
        {text.split('\n').map((line) => (
          <Text key={line} size="sm">
            {line}
          </Text>
        ))}
      </Stack>
      {state === 'open' && (
        <Text size="sm" mt={8}>
          <b>{words.todo}:</b> {words.advice[kind]}
        </Text>
      )}
      <Group gap="md" mt={8}>
        <Anchor href={path} size="sm">
          {words.look}
        </Anchor>
        {toldAt !== null && (
          <Anchor href={`/deliveries?conversionId=${id}`} size="sm">
            {words.who}
          </Anchor>
        )}
      </Group>
    </li>
  )
}
