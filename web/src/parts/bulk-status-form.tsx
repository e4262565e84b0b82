import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'
import { byHandTexts as words } from '../texts-conversions.ts'
import { useApiConversionFilter, useConversionTotals } from '../use-conversions.ts'
import type { BulkScope, NewStatus } from './bulk-status.tsx'
import { Facts } from './facts.tsx'
import { FormProblem } from './form-footer.tsx'
import { JobProgress } from './job-progress.tsx'
import { useUndo } from './undo.tsx'

type Answer = components['schemas']['BulkStatus']
type Conversion = components['schemas']['Conversion']
type FormProps = { readonly scope: BulkScope; readonly status: NewStatus; readonly onDone: () => void }

const NO_FILTER = {
  status: '',
  campaignId: '',
  trafficSourceId: '',
  offerId: '',
  affiliateNetworkId: '',
  affiliateId: '',
  advertiserId: '',
  event: '',
  anyId: '',
  from: '',
  to: '',
} as const

/** What changing the status of many would mean, why it is done, and what came of it. */
export function BulkStatusForm({ scope, status, onDone }: FormProps) {
  const queries = useQueryClient()
  const filter = useApiConversionFilter(scope.kind === 'filter' ? scope.filter : NO_FILTER)
  const [reason, setReason] = useState('')
  const refresh = () => queries.invalidateQueries({ queryKey: ['conversions'] })
  const change = useMutation({
    mutationFn: () => {
      const whose = scope.kind === 'filter' ? { filter } : { ids: scope.rows.map(({ id }) => id) }
      return answerOf(api.POST('/api/v1/conversions/bulk-status', { body: { status, reason, ...whose } }))
    },
    onSuccess: refresh,
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    change.mutate()
  }
  if (change.data !== undefined) {
    const rows = scope.kind === 'chosen' ? scope.rows : []
    return <Result answer={change.data} rows={rows} onRefresh={refresh} onDone={onDone} />
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Preview scope={scope} status={status} />
        <TextInput
          label={words.reason}
          description={words.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          data-autofocus
        />
        <FormProblem problem={change.error?.message} />
        <Group>
          <Button type="submit" color={status === 'rejected' ? 'red' : 'trail'} loading={change.isPending}>
            {words.do[status]}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** How many stand where now: those that have the status already stay as they are. */
function Preview({ scope, status }: Pick<FormProps, 'scope' | 'status'>) {
  const totals = useConversionTotals(scope.kind === 'filter' ? scope.filter : NO_FILTER).data
  const counts =
    scope.kind === 'filter'
      ? (totals?.byStatus.map((each) => [each.status, each.count] as const) ?? [])
      : [...Map.groupBy(scope.rows, (row) => row.status)].map(([of, rows]) => [of, rows.length] as const)
  return (
    <Stack gap="xs">
      <Facts
        facts={counts.map(([of, count]) => [
          of === status
            ? words.stays(texts.status[of])
            : words.becomes(texts.status[of], texts.status[status]),
          formatCount(count),
        ])}
      />
      <Text size="sm" c="dimmed">
        {words.told}
      </Text>
    </Stack>
  )
}

type ResultProps = {
  readonly answer: Answer
  /** As they were before; none where they can not be told apart any more. */
  readonly rows: readonly Conversion[]
  readonly onRefresh: () => Promise<unknown>
  readonly onDone: () => void
}

function Result({ answer, rows, onRefresh, onDone }: ResultProps) {
  const undo = useUndo()
  const { changed, refused, results, jobId } = answer
  const reasons = new Set(results.filter((each) => !each.changed).map((each) => each.reason))
  const done = new Set(results.filter((each) => each.changed).map(({ id }) => id))
  const back = rows.filter(({ id }) => done.has(id))
  const close = () => {
    onDone()
    if (back.length === 0) return
    undo({ message: words.changed(changed), undo: () => changeBack(back).then(onRefresh) })
  }
  return (
    <Stack gap="md">
      {jobId === '' ? (
        <Text role="status">
          {words.changed(changed)}
          {refused > 0 && `, ${words.refused(refused)}`}
        </Text>
      ) : (
        <JobProgress id={jobId} onEnd={() => void onRefresh()} />
      )}
      {[...reasons].map((why) => (
        <Text key={why} size="sm" c="dimmed">
          {why}
        </Text>
      ))}
      <Group>
        <Button variant="default" onClick={close}>
          {words.close}
        </Button>
      </Group>
    </Stack>
  )
}

/** Each to the status that it had. Whoever was told of the change is told of this one too. */
async function changeBack(rows: readonly Conversion[]): Promise<void> {
  for (const [status, own] of Map.groupBy(rows, (row) => row.status)) {
    const body = { status, reason: words.undone, ids: own.map(({ id }) => id) }
    const { refused, results } = await answerOf(api.POST('/api/v1/conversions/bulk-status', { body }))
    if (refused > 0) throw new Error(results.find((each) => !each.changed)?.reason ?? words.refused(refused))
  }
}
