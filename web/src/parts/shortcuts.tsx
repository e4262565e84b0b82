import { useEffect, useEffectEvent } from 'react'
import type { Places } from '../navigation.ts'
import { navigate } from '../router.tsx'

/** After “g” the letter of a place is awaited so long. */
const LETTER_WAIT_MS = 1_500
const SINGLE_KEY = 'trailpost:single-keys'
const FIELDS =
  'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]'
/** What is open has keys of its own. */
const OPEN = '[role=dialog], [role=menu], [role=listbox]'

type Shortcuts = {
  readonly places: Places
  readonly onPalette: () => void
  readonly onHelp: () => void
}

/** Keys that work on every screen, except while somebody types. */
export function useShortcuts({ places, onPalette, onHelp }: Shortcuts): void {
  const press = useEffectEvent((event: KeyboardEvent, afterG: boolean): boolean => {
    const done = pressWithControl(event, onPalette)
    if (done || event.ctrlKey || event.metaKey || event.altKey) return false
    if (isTaken(event.target) || !areSingleKeysOn()) return false
    if (afterG) return !goTo(places, event.key)
    if (event.key === 'g') return true
    if (event.key === '?') onHelp()
    if (event.key === 'n') document.querySelector<HTMLElement>('main a[href$="/new"]')?.click()
    if (event.key === '/') focusSearch(event)
    return false
  })
  useEffect(() => {
    let gAt = Number.NEGATIVE_INFINITY
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const awaits = press(event, event.timeStamp - gAt < LETTER_WAIT_MS)
      gAt = awaits && event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether keys without Ctrl do something: people who dictate turn them off (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  return localStorage.getItem(SINGLE_KEY) !== 'off'
}

export function turnSingleKeys(on: boolean): void {
  localStorage.setItem(SINGLE_KEY, on ? 'on' : 'off')
}

/** @returns whether the key was one of these. */
function pressWithControl(event: KeyboardEvent, onPalette: () => void): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return false
  if (event.key === 'k') {
    event.preventDefault()
    onPalette()
    return true
  }
  // In a field it takes back what was typed.
  if (event.key !== 'z' || isTaken(event.target)) return false
  void import('./undo.tsx').then(({ undoLatest }) => undoLatest())
  return true
}

/** @returns whether the letter is a place's. */
function goTo({ navigation, last }: Places, letter: string): boolean {
  const items = [...navigation.flatMap((group) => group.items), ...(last === undefined ? [] : [last])]
  const place = items.find((item) => item.letter === letter)
  if (place !== undefined) navigate(place.href)
  return place !== undefined
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]')
  if (field === null) return
  event.preventDefault()
  field.focus()
}

function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && (target.matches(FIELDS) || target.closest(OPEN) !== null)
}
