import { Anchor, Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { clearAddressFilter, isAnyGiven, useAddressFilter } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import { formatTime } from '../format.ts'
import { isOpenJob, type Job, placeOfJob, resultOfJob } from '../job-words.ts'
import { Empty } from '../parts/empty.tsx'
import { FilterBar, type FilterField } from '../parts/filter-bar.tsx'
import { JobStanding } from '../parts/job-progress.tsx'
import classes from '../parts/jobs.module.css'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { useActorName } from '../resources.ts'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { jobsTexts as words } from '../texts-jobs.ts'

const FILTERS = ['state', 'kind'] as const
const FIELDS: readonly FilterField[] = [
  {
    kind: 'choice',
    name: 'state',
    label: words.state,
    any: words.anyState,
    choices: toOptions(words.states),
  },
  { kind: 'choice', name: 'kind', label: words.kind, any: words.anyKind, choices: toOptions(words.kinds) },
]
const PAGE_SIZE = 30
/** While one is at work its progress is followed; else others may have started one. */
const FOLLOW_MS = 1_500
const REFRESH_MS = 15_000

/** Work that takes long, newest first: what is at work, who started it, and what came of it. */
export function Jobs() {
  const filter = useAddressFilter(FILTERS)
  const query = useJobs(filter)
  return (
    <Page title={words.title} lead={words.lead}>
      <FilterBar values={filter} fields={FIELDS} />
      <Loaded query={query}>
        {({ pages }) => (
          <>
            <JobList jobs={pages.flatMap(({ items }) => items)} isFiltered={isAnyGiven(filter)} />
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function useJobs({ state, kind }: { readonly state: string; readonly kind: string }) {
  return useInfiniteQuery({
    queryKey: ['jobs', 'list', state, kind],
    queryFn: ({ pageParam: cursor }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
        ...(isKey(words.states, state) ? { state } : {}),
        ...(kind === '' ? {} : { kind }),
      }
      return answerOf(api.GET('/api/v1/jobs', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state: { data } }) => {
      const isAnyOpen = data?.pages.some(({ items }) => items.some(isOpenJob)) === true
      return isAnyOpen ? FOLLOW_MS : REFRESH_MS
    },
  })
}

function JobList({ jobs, isFiltered }: { readonly jobs: readonly Job[]; readonly isFiltered: boolean }) {
  if (jobs.length > 0) {
    return (
      <ul className={classes.jobs} aria-label={words.title}>
        {jobs.map((job) => (
          <JobItem key={job.id} job={job} />
        ))}
      </ul>
    )
  }
  if (!isFiltered) return <Empty icon="clock" title={words.emptyTitle} text={words.emptyText} />
  return (
    <Empty
      icon="clock"
      title={texts.filter.nothing}
      text={texts.filter.nothingText}
      action={
        <Button variant="default" onClick={() => clearAddressFilter(FILTERS)}>
          {texts.filter.clear}
        </Button>
      }
    />
  )
}

function JobItem({ job }: { readonly job: Job }) {
  const queries = useQueryClient()
  const actorName = useActorName()
  const { timeZone } = useMe().workspace
  const { kind, state, actor, createdAt, updatedAt } = job
  const ended = isOpenJob(job) ? '' : ` · ${words.ended(formatTime(updatedAt, timeZone))}`
  return (
    <li className={classes.job} data-state={state}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Anchor href={placeOfJob(job)} fw={600} c="inherit">
          {isKey(words.kinds, kind) ? words.kinds[kind] : kind}
        </Anchor>
        <StateBadge state={state} words={words.states} />
      </Group>
      <Text size="sm" c="dimmed">
        {words.started(formatTime(createdAt, timeZone), actorName(actor))}
        {ended}
      </Text>
      {isOpenJob(job) || state === 'failed' ? (
        <JobStanding
          job={job}
          said={words.said}
          onStopped={() => void queries.invalidateQueries({ queryKey: ['jobs'] })}
        />
      ) : (
        <Text size="sm">{resultOfJob(job)}</Text>
      )}
    </li>
  )
}
