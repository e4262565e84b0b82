import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './story-timeline.module.css'

/** What happened, in a word, and what belongs to it. */
export function StoryLine({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={classes.line}>
      <Text fw={500}>{title}</Text>
      {children}
    </div>
  )
}

/** What only some want to see: raw text behind one line. */
export function StoryMore({ summary, children }: { readonly summary: string; readonly children: string }) {
  return (
    <details className={classes.more}>
      <summary>{summary}</summary>
      <pre className={classes.raw}>{children}</pre>
    </details>
  )
}
