import { Text } from '@mantine/core'
import { createContext, type ReactNode, use } from 'react'
import classes from './story-timeline.module.css'

/** Whether the address points at the entry: then what only some want to see is shown. */
export const IsPointedAt = createContext(false)

/** What happened, in a word, and what belongs to it. */
export function StoryLine({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={classes.line}>
      <Text fw={500}>{title}</Text>
      {children}
    </div>
  )
}

/** What only some want to see, behind one line. */
export function StoryDetails({
  summary,
  children,
}: {
  readonly summary: string
  readonly children: ReactNode
}) {
  return (
    <details className={classes.more} open={use(IsPointedAt)}>
      <summary>{summary}</summary>
      {children}
    </details>
  )
}

/** Raw text behind one line. */
export function StoryMore({ summary, children }: { readonly summary: string; readonly children: string }) {
  return (
    <StoryDetails summary={summary}>
      {/* Long ones scroll, for which a keyboard needs to get there. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre className={classes.raw} tabIndex={0}>
        {children}
      </pre>
    </StoryDetails>
  )
}
