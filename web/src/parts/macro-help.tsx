import { lazy, Suspense, useState } from 'react'
import { macroTexts as words } from '../texts-macros.ts'
import { Lines } from './loaded.tsx'
import classes from './macro-help.module.css'
import type { MacroListProps } from './macro-list.tsx'

/** The meanings of all macros are loaded when somebody looks for one. */
const MacroList = lazy(async () => ({ default: (await import('./macro-list.tsx')).MacroList }))

/** Below a text with macros: which there are, what can be done with them, and one press to write one. */
export function MacroHelp(props: MacroListProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={classes.help} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.title}</summary>
      {isOpen && (
        <Suspense fallback={<Lines count={4} />}>
          <MacroList {...props} />
        </Suspense>
      )}
    </details>
  )
}
