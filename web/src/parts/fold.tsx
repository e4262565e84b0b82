import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './fold.module.css'

type FoldProps = {
  readonly title: string
  /** What is in it and when one needs it; also seen while it is folded. */
  readonly aside: string
  /** Something in it is set, or wrong: it must not be overlooked. */
  readonly isUsed: boolean
  readonly children: ReactNode
}

/** A part of a form that most things do without: folded until it is needed. */
export function Fold({ title, aside, isUsed, children }: FoldProps) {
  return (
    <details className={classes.fold} open={isUsed || undefined}>
      <summary className={classes.summary}>
        <span className={classes.title}>{title}</span>
        <Text component="span" size="sm" c="dimmed" className={classes.aside}>
          {aside}
        </Text>
      </summary>
      <Stack gap="md" mt="md">
        {children}
      </Stack>
    </details>
  )
}
