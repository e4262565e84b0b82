/** Frames that a rule may take to unfold, on a slow machine too. */
const TRIES_MAX = 300
const FOCUSABLE = 'input:not([type=hidden]), button, textarea, [tabindex="0"]'

/** The rule, from 0, that a place of the diagram is in. */
export function ruleOfPlace(place: string): number | undefined {
  const number = /^rules\.(\d+)/.exec(place)?.[1]
  return number === undefined ? undefined : Number(number)
}

/**
 * Gives the focus to the fields of a place of the diagram (`data-place`), or to what they are a part of where a
 * station has none of its own. A rule that is just being opened has its fields a few frames later.
 */
export function focusPlace(form: HTMLElement, place: string, tries = TRIES_MAX): void {
  const found = form.querySelector<HTMLElement>(`[data-place="${place}"]`)
  // What says so itself goes before what merely comes first.
  const target =
    found?.querySelector<HTMLElement>('[data-focus]') ?? found?.querySelector<HTMLElement>(FOCUSABLE)
  if (target) {
    const reached = found !== null && target.matches(':disabled') ? asFocusable(found) : target
    reached.focus({ preventScroll: true })
    // Fields of a rule that unfolds are there a moment before they are shown, and take no focus till then.
    if (document.activeElement !== reached && tries > 0) {
      requestAnimationFrame(() => focusPlace(form, place, tries - 1))
      return
    }
    reached.scrollIntoView({ block: 'center', behavior: 'smooth' })
    return
  }
  if (tries > 0 && isFolded(form, place)) {
    requestAnimationFrame(() => focusPlace(form, place, tries - 1))
    return
  }
  const above = place.slice(0, Math.max(0, place.lastIndexOf('.')))
  focusPlaceAbove(form, above)
}

/** Whether the place is inside a rule whose fields are not there yet. */
function isFolded(form: HTMLElement, place: string): boolean {
  const rule = ruleOfPlace(place)
  return rule !== undefined && form.querySelector(`[data-place^="rules.${rule}."]`) === null
}

/** Fields that a viewer can only read take no focus: what they stand in does. */
function asFocusable(frame: HTMLElement): HTMLElement {
  frame.tabIndex = -1
  return frame
}

function focusPlaceAbove(form: HTMLElement, place: string): void {
  if (place !== '') focusPlace(form, place, 0)
  else form.querySelector<HTMLElement>(FOCUSABLE)?.focus()
}
