import { useMe } from '../session.ts'
import { conditionTexts as words } from '../texts-conditions.ts'
import classes from './asn-note.module.css'
import { Note } from './note.tsx'

/** Beside what only an ASN database fills, where the installation has none. */
export function AsnNote() {
  if (useMe().hasAsnDatabase) return null
  return (
    <div className={classes.note}>
      <Note tone="look">{words.needsAsn}</Note>
    </div>
  )
}
