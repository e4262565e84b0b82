import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useCallback } from 'react'
import { shellTexts as words } from '../texts-shell.ts'
import { Icon } from './icon.tsx'
import { tellFailure, useTell } from './tell.tsx'

const UNDO_MS = 8_000

type Done = {
  /** What was done, as a sentence: “Archived “Sleep push””. */
  readonly message: string
  readonly undo: () => Promise<unknown>
}

/** The last deed that can still be undone: what Ctrl Z takes back. */
let latest: (() => void) | undefined

/**
 * Says what was done and offers to take it back, in the place of a question before the deed. The offer stays for eight
 * seconds, longer while the pointer is on it. What is told here must be undone by other ways too, such as a list of
 * what is archived.
 */
export function useUndo(): (done: Done) => void {
  const tell = useTell()
  return useCallback(
    ({ message, undo }: Done) => {
      const id = crypto.randomUUID()
      const run = () => {
        if (latest === run) latest = undefined
        notifications.hide(id)
        undo().then(
          () => tell(words.undo.undone),
          (failure: unknown) => tellFailure(words.undo.failed, failure),
        )
      }
      latest = run
      notifications.show({
        id,
        message: <Offer message={message} onUndo={run} />,
        icon: <Icon name="check" />,
        autoClose: UNDO_MS,
        withBorder: true,
        closeButtonProps: { 'aria-label': words.undo.dismiss },
        onClose: () => {
          if (latest === run) latest = undefined
        },
      })
    },
    [tell],
  )
}

/** Takes back the last deed while that is offered. @returns whether there was one. */
export function undoLatest(): boolean {
  const run = latest
  run?.()
  return run !== undefined
}

function Offer({ message, onUndo }: { readonly message: string; readonly onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" c="var(--mantine-color-text)">
        {message}
      </Text>
      <Button size="compact-sm" variant="light" onClick={onUndo} title={words.undo.hint} flex="none">
        {words.undo.do}
      </Button>
    </Group>
  )
}
