import { formatDay } from '../format.ts'
import { useMe } from '../session.ts'
import classes from './when.module.css'

type DayProps = {
  readonly at: string
  /** The moment is the exclusive end of a period: its last day is the one before. */
  readonly isEnd?: boolean
}

/** A day in the workspace's time zone. */
export function Day({ at, isEnd = false }: DayProps) {
  const { timeZone } = useMe().workspace
  return (
    <time dateTime={at} className={classes.when}>
      {formatDay(Date.parse(at) - (isEnd ? 1 : 0), timeZone)}
    </time>
  )
}
