import { Text } from '@mantine/core'
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
      <div className={classes.icon}>
        <Icon name={icon} size={20} />
      </div>
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" className={classes.text}>
        {text}
      </Text>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  )
}
