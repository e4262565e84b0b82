import type { ReactNode, SubmitEvent } from 'react'
import { useMayChange } from '../session.ts'
import classes from './form-layout.module.css'

type FormLayoutProps = {
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void
  /** What the saved thing offers, ready to copy; beside the form where there is room. */
  readonly aside?: ReactNode
  /** By which a button elsewhere submits it. */
  readonly id?: string
  readonly children: ReactNode
}

/** A form of readable width and, beside it, what comes out of it. A viewer can use the latter alone. */
export function FormLayout({ onSubmit, aside, id, children }: FormLayoutProps) {
  const mayChange = useMayChange()
  return (
    <div className={classes.columns} data-wide={aside !== undefined}>
      <form id={id} className={classes.form} onSubmit={onSubmit}>
        <fieldset disabled={!mayChange} className={classes.fields}>
          {children}
        </fieldset>
      </form>
      {aside && <aside className={classes.aside}>{aside}</aside>}
    </div>
  )
}

/** Two short fields in a line, one under the other on a small screen. */
export function Pair({ children }: { readonly children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>
}
