import type { RefObject } from 'react'
import { flushSync } from 'react-dom'

type TextField = HTMLInputElement | HTMLTextAreaElement

type Inserting = {
  readonly field: RefObject<TextField | null>
  readonly text: string
  readonly onChange: (text: string) => void
}

/** Puts a macro at the field's cursor, or at its end while it was never visited; the cursor stands behind it then. */
export function insertMacro({ field, text, onChange }: Inserting, macro: string): void {
  const start = field.current?.selectionStart ?? text.length
  const end = field.current?.selectionEnd ?? start
  // The cursor can only be set in the text that the field has.
  flushSync(() => onChange(text.slice(0, start) + macro + text.slice(end)))
  field.current?.focus()
  field.current?.setSelectionRange(start + macro.length, start + macro.length)
}
