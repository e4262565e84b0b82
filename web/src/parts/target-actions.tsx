import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { ConfirmButton } from './confirm-button.tsx'
import { PauseButton } from './target-standing.tsx'

type TargetActionsProps = {
  readonly status: Parameters<typeof PauseButton>[0]['status']
  readonly words: { readonly change: string; readonly delete: string; readonly deleteAsk: string }
  /** What only this kind of target can do; before the others and behind pausing. */
  readonly before?: ReactNode
  readonly between?: ReactNode
  readonly setStatus: Parameters<typeof PauseButton>[0]['change']
  readonly onEdit: () => void
  readonly remove: () => Promise<unknown>
}

/** What can be done with one target of a list: pause it, change it, delete it. */
export function TargetActions(props: TargetActionsProps) {
  const { status, words, before, between, setStatus, onEdit, remove } = props
  return (
    <Group gap={6} justify="flex-end" miw={205}>
      {before}
      <PauseButton status={status} size="compact-xs" change={setStatus} />
      {between}
      <Button size="compact-xs" variant="default" onClick={onEdit}>
        {words.change}
      </Button>
      <ConfirmButton
        label={words.delete}
        title={words.delete}
        text={words.deleteAsk}
        isGrave
        run={remove}
        button={{ size: 'compact-xs', variant: 'subtle', color: 'gray' }}
      />
    </Group>
  )
}
