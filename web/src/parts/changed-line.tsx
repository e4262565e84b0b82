import type { ChangeLine } from '../describe-change.ts'
import { historyTexts as words } from '../texts-history.ts'
import classes from './change-list.module.css'

/** What changed in one place: from what to what, or what came to a list and left it. */
export function ChangedLine({
  line: { what, value, from, to, added = [], removed = [] },
}: {
  readonly line: ChangeLine
}) {
  return (
    <li>
      <span className={classes.what}>{what}</span> {value}
      {from !== undefined && (
        <>
          <del className={classes.from}>{from}</del> → <ins className={classes.to}>{to}</ins>
        </>
      )}
      {removed.length > 0 && (
        <>
          {words.removed} <del className={classes.from}>{removed.join(', ')}</del>{' '}
        </>
      )}
      {added.length > 0 && (
        <>
          {words.added} <ins className={classes.to}>{added.join(', ')}</ins>
        </>
      )}
    </li>
  )
}
