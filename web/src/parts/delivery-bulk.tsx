import { Button, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { type DeliveryFilter, toReplayStates, useApiFilter } from '../delivery-query.ts'
import { formatCount, formatTime } from '../format.ts'
import { useReceiverLabel } from '../resources-notifications.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { bulkTexts as words } from '../texts-deliveries.ts'
import { Facts } from './facts.tsx'
import { FormProblem } from './form-footer.tsx'
import { JobProgress } from './job-progress.tsx'
import { Loaded } from './loaded.tsx'
import { Sums } from './sums.tsx'

type Counts = components['schemas']['DeliveryCounts']
type Deed = 'replay' | 'cancel'
const TARGETS_SHOWN_MAX = 8

type BulkProps = { readonly deed: Deed; readonly filter: DeliveryFilter }

const SAID = {
  replay: {
    open: words.replay,
    title: words.replayTitle,
    nothing: words.replayNothing,
    hint: words.replayHint,
    run: words.replayDo,
  },
  cancel: {
    open: words.cancel,
    title: words.cancelTitle,
    nothing: words.cancelNothing,
    hint: words.cancelHint,
    run: words.cancelDo,
  },
} as const

/** Sends again, or cancels, all that a filter names: first how many, then a job that does it. */
export function DeliveryBulk({ deed, filter }: BulkProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        {SAID[deed].open}
      </Button>
      <Modal opened={opened} onClose={close} title={SAID[deed].title} centered size="lg">
        <BulkSteps deed={deed} filter={filter} onDone={close} />
      </Modal>
    </>
  )
}

function BulkSteps({ deed, filter, onDone }: BulkProps & { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const api = useBulkApi(deed, filter)
  const preview = useQuery({
    queryKey: ['deliveries-preview', deed, filter],
    queryFn: api.preview,
    gcTime: 0,
    staleTime: 0,
  })
  const run = useMutation({ mutationFn: api.run })
  if (run.data !== undefined) {
    return (
      <Stack gap="md">
        <JobProgress
          id={run.data.id}
          said={words.jobs[deed]}
          onEnd={() => void queries.invalidateQueries({ queryKey: ['deliveries'] })}
        />
        <Button variant="default" onClick={onDone}>
          {words.close}
        </Button>
      </Stack>
    )
  }
  return (
    <Loaded query={preview}>
      {(counts) => (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {counts.total === 0 ? SAID[deed].nothing : SAID[deed].hint}
          </Text>
          {counts.total > 0 && <CountsView counts={counts} />}
          <FormProblem problem={run.error?.message} />
          {counts.total > 0 && (
            <Button
              color={deed === 'cancel' ? 'red' : 'trail'}
              loading={run.isPending}
              onClick={() => run.mutate()}
            >
              {SAID[deed].run(formatCount(counts.total))}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

function CountsView({ counts }: { readonly counts: Counts }) {
  const labelOf = useReceiverLabel()
  const { timeZone } = useMe().workspace
  const { total, byState, byTarget, searchedTo } = counts
  const rest = byTarget.length - TARGETS_SHOWN_MAX
  return (
    <>
      <Sums
        sums={[
          { label: words.matching, value: formatCount(total) },
          ...byState.map(({ state, count }) => ({ label: texts.delivery[state], value: formatCount(count) })),
        ]}
      />
      <Text size="sm" fw={500}>
        {words.byTarget}
      </Text>
      <Facts
        facts={byTarget
          .slice(0, TARGETS_SHOWN_MAX)
          .map(({ receiver, count }) => [labelOf(receiver), formatCount(count)])}
      />
      {rest > 0 && (
        <Text size="sm" c="dimmed">
          {words.moreTargets(rest)}
        </Text>
      )}
      {searchedTo !== null && <Text size="sm">{words.countedTo(formatTime(searchedTo, timeZone))}</Text>}
    </>
  )
}

function useBulkApi(deed: Deed, filter: DeliveryFilter) {
  const apiFilter = useApiFilter(filter)
  if (deed === 'cancel') {
    const body = { filter: apiFilter }
    return {
      preview: () => answerOf(api.POST('/api/v1/deliveries/cancel/preview', { body })),
      run: () => answerOf(api.POST('/api/v1/deliveries/cancel', { body })),
    }
  }
  const body = { filter: { ...apiFilter, ...toReplayStates(filter.state) } }
  return {
    preview: () => answerOf(api.POST('/api/v1/deliveries/replay/preview', { body })),
    run: () => answerOf(api.POST('/api/v1/deliveries/replay', { body })),
  }
}
