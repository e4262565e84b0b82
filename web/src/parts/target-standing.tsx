import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components } from '../api-types.ts'
import { failureWords } from '../attempt-words.ts'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { failureTexts } from '../texts-deliveries.ts'
import { targetPageTexts as words } from '../texts-targets.ts'
import { FormProblem } from './form-footer.tsx'
import { StateBadge } from './state-badge.tsx'

/** How often health is looked at again: it changes by itself. */
export const HEALTH_REFRESH_MS = 5_000

type Standing = {
  readonly status: keyof typeof words.statuses
  readonly disabledReason: string
  readonly areSecretsReadable: boolean
  readonly health: components['schemas']['TargetHealth']
}

/** Whether a target is told, and why not. */
export function TargetStatus({ target }: { readonly target: Standing }) {
  const { status, disabledReason, areSecretsReadable } = target
  return (
    <Stack gap={2} align="flex-start">
      <StateBadge state={status} words={words.statuses} />
      {disabledReason !== '' && (
        <Text size="xs" c="dimmed">
          {words.disabledBy(disabledReason)}
        </Text>
      )}
      {!areSecretsReadable && (
        <Text size="xs" c="red">
          {words.unreadable}
        </Text>
      )}
    </Stack>
  )
}

/** In a table a narrower column makes rows as high as a page. */
const HEALTH_WIDTH_MIN = 180

/** How its calls went lately. */
export function TargetHealth({ target: { health } }: { readonly target: Standing }) {
  const { timeZone } = useMe().workspace
  const { failingSince, failuresInRow, lastSuccessAt, lastError } = health
  if (failingSince === null) {
    return (
      <Text size="sm" c="dimmed" miw={HEALTH_WIDTH_MIN}>
        {lastSuccessAt === null ? words.neverCalled : words.well(formatTime(lastSuccessAt, timeZone))}
      </Text>
    )
  }
  return (
    <Stack gap={2} miw={HEALTH_WIDTH_MIN}>
      <Text size="sm" c="red">
        {words.failing(formatTime(failingSince, timeZone), failuresInRow)}
      </Text>
      {lastError !== '' && (
        <Text size="xs" c="dimmed">
          {words.lastError(isKey(failureTexts, lastError) ? failureWords(lastError) : lastError)}
        </Text>
      )}
    </Stack>
  )
}

type PauseProps = {
  readonly status: Standing['status']
  readonly size?: 'compact-xs' | 'sm'
  /** Says whose it is where several stand in a table. */
  readonly name?: string
  readonly change: (status: 'active' | 'paused') => Promise<unknown>
}

/** Holds a target's deliveries back, or lets them go on. */
export function PauseButton({ status, size = 'sm', name, change }: PauseProps) {
  const to = status === 'active' ? 'paused' : 'active'
  const run = useMutation({ mutationFn: () => change(to) })
  const label = status === 'active' ? words.pause : status === 'paused' ? words.resume : words.enable
  return (
    <>
      <Button
        size={size}
        variant="default"
        loading={run.isPending}
        onClick={() => run.mutate()}
        aria-label={name === undefined ? undefined : `${label}: ${name}`}
      >
        {label}
      </Button>
      <FormProblem problem={run.error?.message} />
    </>
  )
}
