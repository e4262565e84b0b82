import type { Snapshot } from './snapshot.ts'

/** The lists of a snapshot whose items have a line each, in the order of the text: they are nearly all of it. */
export const LINED_LISTS = ['affiliates', 'offers', 'campaigns'] as const
export type LinedList = (typeof LINED_LISTS)[number]

/** The last line of a snapshot's text. */
export const LISTS_END = ']}'

/** How the line ends, and any but the first consists, that stands before the items of a list. */
export function listStart(list: LinedList): string {
  return `,"${list}":[`
}

/**
 * A snapshot as JSON, with each affiliate, offer and campaign on a line of its own: a reader that kept the lines of the
 * one before has to parse only those that have changed.
 *
 * ```
 * {"format":3,…,"affiliates":[
 * {…},
 * {…}
 * ],"offers":[
 * …
 * ],"campaigns":[
 * …
 * ]}
 * ```
 */
export function toSnapshotText(snapshot: Snapshot): string {
  const { affiliates, offers, campaigns, ...others } = snapshot
  const lists = { affiliates, offers, campaigns }
  let text = JSON.stringify(others).slice(0, -1)
  for (const [at, list] of LINED_LISTS.entries()) {
    text += `${at === 0 ? '' : ']'}${listStart(list)}\n${lists[list].map(lineOf).join(',\n')}\n`
  }
  return text + LISTS_END
}

/** Written once for each item that stays the same object: after an edit that is all campaigns but one. */
const lines = new WeakMap<object, string>()

function lineOf(item: object): string {
  const line = lines.get(item) ?? JSON.stringify(item)
  lines.set(item, line)
  return line
}
