import { Alert, Button, Group, Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'

type LoadedProps<T> = {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  /** What stands there until the first answer. */
  readonly skeleton?: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Shows a query's answer, a skeleton until it is there, or why it is not and a way to try again. */
export function Loaded<T>({ query, skeleton = <Lines />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error !== null) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return skeleton
}

export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  return (
    <Alert color="red" variant="light" icon={<Icon name="alert" />} title={texts.problem.notLoaded}>
      <Group justify="space-between">
        {error.message}
        {onRetry && (
          <Button variant="default" size="xs" onClick={onRetry}>
            {texts.problem.retry}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

/** Grey lines where rows or fields will be. */
export function Lines({ count = 6 }: { readonly count?: number }) {
  return (
    <Stack gap="sm" role="status" aria-busy="true" aria-label={texts.loading}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <Skeleton key={index} height={20} radius="sm" width={index % 3 === 2 ? '72%' : '100%'} />
      ))}
    </Stack>
  )
}
