import { type ClickIdKey, verifyClickId } from './click-id.ts'
import type { Hit } from './hit.ts'
import { CLICK_ID_PARAMS } from './hit-params.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'

/** What stood where the click id should have been. */
export const UNMATCHED_VALUES = [
  'missing',
  'empty',
  'macro',
  'cut',
  'changed_case',
  'forged',
  'foreign',
  'unknown',
  'expired',
] as const
export type UnmatchedValue = (typeof UNMATCHED_VALUES)[number]

export type UnmatchedCause = {
  /** The parameter as the sender spelt it; '' when none carried a click id. */
  readonly param: string
  readonly value: UnmatchedValue
}

const CLICK_ID_CHARS = 26
const CLICK_ID_LETTERS = /^[0-9a-hjkmnp-tv-z]+$/
/** A click id of which less is left can not be told from another system's id. */
const CUT_CHARS_MIN = 16

const NAMES: ReadonlySet<string> = new Set(CLICK_ID_PARAMS)

/**
 * Why a hit's visit was not found, as far as its request tells.
 * @param isTried whether it is judged again by itself: a genuine click id whose visit may still come.
 */
export function findUnmatchedCause(
  { params }: Pick<Hit, 'params'>,
  { key, isTried }: { readonly key: ClickIdKey; readonly isTried: boolean },
): UnmatchedCause {
  const given = params.filter(([name]) => NAMES.has(name.toLowerCase()))
  // What has a value says more than what has none.
  const [param, text] = given.find(([, value]) => value.trim() !== '') ?? given[0] ?? ['', undefined]
  if (text === undefined) return { param: '', value: 'missing' }
  return { param, value: kindOfValue(text.trim(), key, isTried) }
}

function kindOfValue(text: string, key: ClickIdKey, isTried: boolean): UnmatchedValue {
  if (text === '' || text === 'OPTIONAL') return 'empty'
  if (isUnfilledMacro(text)) return 'macro'
  if (verifyClickId(text, key).ok) return isTried ? 'unknown' : 'expired'
  if (text !== text.toLowerCase() && verifyClickId(text.toLowerCase(), key).ok) return 'changed_case'
  if (!CLICK_ID_LETTERS.test(text)) return 'foreign'
  if (text.length === CLICK_ID_CHARS) return 'forged'
  return text.length >= CUT_CHARS_MIN && text.length < CLICK_ID_CHARS && /[a-z]/.test(text)
    ? 'cut'
    : 'foreign'
}

/** What to do about it, for whoever looks after the sender. */
export const UNMATCHED_ADVICE: Readonly<Record<UnmatchedValue, string>> = {
  missing:
    'The sender names no click id: put cid=… with its macro for the click id into its postback URL, or give it a coupon or the first-party script.',
  empty:
    'The sender had no click id to give: check that the link of the offer hands it over, in the parameter that the sender keeps.',
  macro:
    'The sender did not fill its macro: the name in its postback URL is not one that it knows. Copy the URL again from its template.',
  cut: 'The click id arrives cut off: the field that keeps it at the sender is shorter than 26 characters.',
  changed_case:
    'The click id arrives in another case: the sender must keep it as it is. It can be matched by hand.',
  forged:
    'It looks like a click id, and was not made here: it was mistyped, made up, or is of another installation with another secret.',
  foreign:
    "It is another system's id: the postback URL carries the wrong macro, or the traffic came by that system's links.",
  unknown:
    'The click id is genuine and its visit is not here yet: it is tried again by itself. When it lasts, look whether an edge is cut off.',
  expired:
    'The click id is genuine, but its visit never came or is deleted: it is tried no more. Match it by hand if it counts.',
}
