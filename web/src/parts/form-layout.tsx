import type { ReactNode, SubmitEvent } from 'react'
import { useMayChange } from '../session.ts'
import classes from './form-layout.module.css'

type FormLayoutProps = {
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  /** What the saved thing offers, ready to copy; beside the form where there is room. */
  readonly aside?: ReactNode
  /** By which a button elsewhere submits it. */
  readonly id?: string
  /** Its parts are `Fields` of their own where a viewer can open some of what is in it. */
  readonly locks?: 'all' | 'parts'
  readonly children: ReactNode
}

/** A form of readable width and, beside it, what comes out of it. A viewer can use the latter alone. */
export function FormLayout({ onSubmit, aside, id, locks = 'all', children }: FormLayoutProps) {
  return (
    <div className={classes.columns} data-wide={aside !== undefined}>
      <form id={id} className={classes.form} onSubmit={onSubmit}>
        {locks === 'all' ? <Fields>{children}</Fields> : children}
      </form>
      {aside && <aside className={classes.aside}>{aside}</aside>}
    </div>
  )
}

type FieldsProps = {
  /** It is no box of its own: what is in it stands where it would without it. */
  readonly inline?: boolean
  readonly children: ReactNode
}

/** Fields that a viewer reads, and nobody but who may change the thing can use. */
export function Fields({ inline = false, children }: FieldsProps) {
  const mayChange = useMayChange()
  return (
    <fieldset disabled={!mayChange} className={inline ? classes.inline : classes.fields}>
      {children}
    </fieldset>
  )
}

/** Two short fields in a line, one under the other on a small screen. */
export function Pair({ children }: { readonly children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>
}
