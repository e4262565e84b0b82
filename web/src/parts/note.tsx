import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './note.module.css'

type NoteProps = {
  readonly tone: 'good' | 'look' | 'bad'
  readonly title?: string
  /** Said by screen readers when it appears. */
  readonly live?: boolean
  readonly children: ReactNode
}

/** What deserves a look, quieter than an error: the edge says how much. */
export function Note({ tone, title, live = false, children }: NoteProps) {
  return (
    <div className={classes.note} data-tone={tone} role={live ? 'status' : undefined}>
      {title !== undefined && (
        <Text size="sm" fw={600} mb={2}>
          {title}
        </Text>
      )}
      <Text component="div" size="sm" className={classes.text}>
        {children}
      </Text>
    </div>
  )
}
