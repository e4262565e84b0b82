import { Alert, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answerOf, api } from '../api.ts'
import { formatCount } from '../format.ts'
import { uploadTexts as words } from '../texts-conversions.ts'
import { Icon } from './icon.tsx'
import { Loaded } from './loaded.tsx'

const POLL_MS = 700

type JobProgressProps = { readonly id: string; readonly onEnd: () => void }

/** How far work that takes long has come. */
export function JobProgress({ id, onEnd }: JobProgressProps) {
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
      {({ state, done, total, failed, reason }) => (
        <Stack gap={6} role="status">
          {state === 'failed' || state === 'cancelled' ? (
            <Alert color="red" variant="light" icon={<Icon name="alert" />} title={words.failed}>
              {reason}
            </Alert>
          ) : (
            <>
              <Progress
                value={state === 'done' ? 100 : total === 0 ? 0 : (done / total) * 100}
                animated={state !== 'done'}
                aria-label={words.working}
                maw={560}
              />
              <Text size="sm" c="dimmed">
                {state === 'done' ? words.done : words.working} · {words.progress(done, total)}
                {failed > 0 && ` · ${words.sumBroken}: ${formatCount(failed)}`}
              </Text>
            </>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

function isOver(state: string | undefined): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
