import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import classes from './when.module.css'

/** A moment in the workspace's time zone, on one line. */
export function When({ at }: { readonly at: string }) {
  const { timeZone } = useMe().workspace
  return (
    <time dateTime={at} className={classes.when}>
      {formatTime(at, timeZone)}
    </time>
  )
}
