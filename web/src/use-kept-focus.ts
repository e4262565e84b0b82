import { type RefObject, useEffect, useRef } from 'react'

/** By then what a screen does with the focus itself is done. */
const SETTLE_MS = 50
const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex]'
const ROWS = 'tbody tr'

/** They move the focus themselves, and take rows away that are scrolled out of sight. */
const GRIDS = '[role=grid], [role=treegrid]'

/** Where the focus was, for when it is lost. */
type Held = {
  readonly element: HTMLElement
  /** Which row it was about: its own, or the first of the chosen ones; undefined beside lists. */
  readonly row: number | undefined
  readonly path: string
  /** A button that works is disabled, which takes the focus from it without a word. */
  wasDisabled: boolean
}

/**
 * Keeps the focus among the content where a deed takes away what had it: a row that was decided, the bar of the chosen
 * ones, a button while it works. It goes back to the button, else to the row that took the place, else to the
 * screen's heading, and never to the body, from where the keyboard begins at the top.
 * @returns the ref of the content's element.
 */
export function useKeptFocus<Content extends HTMLElement>(): RefObject<Content | null> {
  const content = useRef<Content>(null)
  useEffect(() => {
    if (content.current === null) return
    return keepFocus(content.current)
  }, [])
  return content
}

function keepFocus(content: HTMLElement): () => void {
  let held: Held | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = ({ target }: Event) => {
    if (!(target instanceof HTMLElement) || target.closest('[role=dialog]') !== null) return
    if (content.contains(target)) held = target.closest(GRIDS) === null ? heldAt(content, target) : undefined
    // What is told about a deed goes away by itself, or as it is undone.
    else if (held !== undefined) held = { ...held, element: target, wasDisabled: false }
  }
  const press = ({ target }: Event) => {
    // Who presses beside everything wants the focus nowhere.
    if (target instanceof Element && target.closest(FOCUSABLE) === null) held = undefined
  }
  const look = () => {
    if (held === undefined || document.activeElement !== document.body) return
    const place = placeAfter(content, held)
    if (place === undefined) return
    place.focus({ preventScroll: place !== held.element && place.matches('h1') })
  }
  const observer = new MutationObserver(() => {
    if (held === undefined || document.activeElement !== document.body) return
    held.wasDisabled ||= held.element.matches(':disabled')
    clearTimeout(timer)
    timer = setTimeout(look, SETTLE_MS)
  })
  document.addEventListener('focusin', hold)
  document.addEventListener('pointerdown', press)
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled'],
  })
  return () => {
    clearTimeout(timer)
    observer.disconnect()
    document.removeEventListener('focusin', hold)
    document.removeEventListener('pointerdown', press)
  }
}

/** Where the focus belongs that nothing has any more; undefined while nothing is lost, or not yet known. */
function placeAfter(
  content: HTMLElement,
  { element, row, path, wasDisabled }: Held,
): HTMLElement | undefined {
  if (element.isConnected) return wasDisabled && !element.matches(':disabled') ? element : undefined
  // A screen that is arrived at takes the focus itself.
  if (path !== location.pathname || document.querySelector('[role=dialog]') !== null) return undefined
  const rows = row === undefined ? [] : [...content.querySelectorAll<HTMLElement>(ROWS)]
  const next = rows[Math.min(row ?? 0, rows.length - 1)]?.querySelector<HTMLElement>(FOCUSABLE)
  return next ?? content.querySelector<HTMLElement>('h1') ?? undefined
}

function heldAt(content: HTMLElement, element: HTMLElement): Held {
  const rows = [...content.querySelectorAll(ROWS)]
  const own = rows.findIndex((row) => row.contains(element))
  const chosen = rows.findIndex((row) => row.querySelector('input[type=checkbox]:checked') !== null)
  const row = own === -1 ? chosen : own
  return { element, row: row === -1 ? undefined : row, path: location.pathname, wasDisabled: false }
}
