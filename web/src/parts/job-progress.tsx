import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount } from '../format.ts'
import { useMayChange } from '../session.ts'
import { jobTexts as words } from '../texts-conversions.ts'
import { Icon } from './icon.tsx'
import { Loaded } from './loaded.tsx'

type Job = components['schemas']['Job']

const POLL_MS = 700

type JobProgressProps = {
  readonly id: string
  /** What a job of this kind says of itself, when that is not that it applies something. */
  readonly said?: JobWords
  readonly onEnd: () => void
}

export type JobWords = { readonly working: string; readonly done: string }

/** How far work that takes long has come, and stopping it. */
export function JobProgress({ id, said = words, onEnd }: JobProgressProps) {
  const query = useQuery({
    queryKey: ['jobs', id],
    queryFn: () => answerOf(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (isOver(state.data?.state) ? false : POLL_MS),
  })
  const hasEnded = isOver(query.data?.state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it ends
  useEffect(() => {
    if (hasEnded) onEnd()
  }, [hasEnded])
  return (
    <Loaded query={query}>
      {(job) => <JobStanding job={job} said={said} onStopped={() => void query.refetch()} />}
    </Loaded>
  )
}

type StandingProps = { readonly job: Job; readonly said: JobWords; readonly onStopped: () => void }

/** How far a job is, or why it failed, and stopping it while that is possible. */
export function JobStanding({ job, said, onStopped }: StandingProps) {
  return (
    <Stack gap={6} role="status">
      {job.state === 'failed' ? (
        <Alert color="red" variant="light" icon={<Icon name="alert" />} title={words.failed}>
          {job.reason}
        </Alert>
      ) : (
        <Bar job={job} said={said} />
      )}
      {!isOver(job.state) && <Stop id={job.id} onStopped={onStopped} />}
    </Stack>
  )
}

type BarProps = { readonly job: Job; readonly said: JobWords }

function Bar({ job: { state, done, total, isTotalCut, failed }, said }: BarProps) {
  const word = state === 'done' ? said.done : state === 'cancelled' ? words.stopped : said.working
  const all = isTotalCut ? words.moreThan(formatCount(total)) : formatCount(total)
  const count = total === 0 ? formatCount(done) : words.progress(formatCount(done), all)
  return (
    <>
      <Progress
        value={state === 'done' ? 100 : total === 0 ? 0 : (done / total) * 100}
        animated={!isOver(state)}
        aria-label={said.working}
        maw={560}
      />
      <Text size="sm" c="dimmed">
        {word} · {count}
        {failed > 0 && ` · ${words.sumBroken}: ${formatCount(failed)}`}
      </Text>
    </>
  )
}

/** What it did stays; the rest is left as it was. */
function Stop({ id, onStopped }: { readonly id: string; readonly onStopped: () => void }) {
  const stop = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    // Who asks too late is shown that it has ended.
    onSettled: onStopped,
  })
  if (!useMayChange()) return null
  return (
    <Group>
      <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
        {words.stop}
      </Button>
    </Group>
  )
}

function isOver(state: string | undefined): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
