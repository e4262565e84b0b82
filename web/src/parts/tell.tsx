import { notifications } from '@mantine/notifications'
import { useCallback } from 'react'
import { shellTexts as words } from '../texts-shell.ts'
import { Icon } from './icon.tsx'

const TELL_MS = 4_000
/** Who has to do something about it needs longer to read it. */
const FAILURE_MS = 12_000

/** Tells in passing that something was done; nothing that has to be read may be told this way. */
export function useTell(): (message: string) => void {
  return useCallback((message: string) => {
    notifications.show({
      message,
      icon: <Icon name="check" />,
      autoClose: TELL_MS,
      withBorder: true,
      closeButtonProps: { 'aria-label': words.undo.dismiss },
    })
  }, [])
}

/** Tells that a deed failed which the screen shows nowhere else. */
export function tellFailure(title: string, failure: unknown): void {
  notifications.show({
    title,
    message: failure instanceof Error ? failure.message : String(failure),
    color: 'red',
    icon: <Icon name="alert" />,
    autoClose: FAILURE_MS,
    withBorder: true,
    closeButtonProps: { 'aria-label': words.undo.dismiss },
  })
}
