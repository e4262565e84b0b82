import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import { byHandTexts as words } from '../texts-conversions.ts'
import classes from './bulk-status.module.css'
import { FormProblem } from './form-footer.tsx'

type NewStatus = 'approved' | 'rejected'
type BulkStatusProps = { readonly ids: ReadonlySet<string>; readonly onClear: () => void }

/** What can be done with the chosen conversions; nothing while none is chosen. */
export function BulkStatus({ ids, onClear }: BulkStatusProps) {
  const [status, setStatus] = useState<NewStatus>()
  if (ids.size === 0) return null
  return (
    <Group className={classes.bar} gap="xs">
      <Text size="sm" fw={500} role="status" mr="xs">
        {words.chosen(ids.size)}
      </Text>
      <Button size="xs" onClick={() => setStatus('approved')}>
        {words.approve}
      </Button>
      <Button size="xs" variant="default" onClick={() => setStatus('rejected')}>
        {words.reject}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {words.clear}
      </Button>
      <Modal
        opened={status !== undefined}
        onClose={() => setStatus(undefined)}
        title={status === 'rejected' ? words.rejectTitle(ids.size) : words.approveTitle(ids.size)}
        centered
      >
        {status !== undefined && (
          <ReasonForm
            ids={ids}
            status={status}
            onDone={() => {
              setStatus(undefined)
              onClear()
            }}
          />
        )}
      </Modal>
    </Group>
  )
}

type ReasonFormProps = {
  readonly ids: ReadonlySet<string>
  readonly status: NewStatus
  readonly onDone: () => void
}

function ReasonForm({ ids, status, onDone }: ReasonFormProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const change = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/v1/conversions/bulk-status', { body: { status, reason, ids: [...ids] } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['conversions'] }),
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    change.mutate()
  }
  if (change.data !== undefined) {
    const { changed, refused, results } = change.data
    return (
      <Stack gap="md">
        <Text role="status">
          {words.changed(changed)}
          {refused > 0 && `, ${words.refused(refused)}`}
        </Text>
        {[...new Set(results.filter((each) => !each.changed).map((each) => each.reason))].map((why) => (
          <Text key={why} size="sm" c="dimmed">
            {why}
          </Text>
        ))}
        <Group>
          <Button variant="default" onClick={onDone}>
            {words.close}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
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
            {status === 'rejected' ? words.reject : words.approve}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
