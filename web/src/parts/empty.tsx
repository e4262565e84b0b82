import { EmptyState } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty.module.css'
import { Icon, type IconName } from './icon.tsx'

type EmptyProps = {
  readonly icon: IconName
  readonly title: string
  /** What this is for and what to do next. */
  readonly text: string
  readonly action?: ReactNode
}

/** What stands in the place of rows that do not exist yet: it teaches the next step. */
export function Empty({ icon, title, text, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <EmptyState
        size="sm"
        icon={<Icon name={icon} />}
        title={title}
        description={text}
        withIndicatorBackground
      >
        {action && <EmptyState.Actions>{action}</EmptyState.Actions>}
      </EmptyState>
    </div>
  )
}
