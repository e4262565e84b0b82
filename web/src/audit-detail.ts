import { type ChangeLine, type ChangeWords, fieldLabel, sayValue } from './describe-change.ts'
import { isKey, texts } from './texts.ts'
import { historyTexts } from './texts-history.ts'
import { affiliateTexts, standingTexts } from './texts-network.ts'

type Detail = Readonly<Record<string, unknown>>

/** Who or what the entry is about is named already, and a job's id tells nobody anything. */
const UNSAID: ReadonlySet<string> = new Set(['offerId', 'affiliateId', 'jobId', 'undo', 'key'])
/** What the log calls states, kinds and decisions, in words. */
const VALUES: Readonly<Record<string, string>> = {
  ...affiliateTexts.statuses,
  ...texts.status,
  ...standingTexts.now,
  ...historyTexts.values,
}

/** What is known of a deed besides the fields that it changed, each as a line with its value. */
export function detailLines(detail: Detail, say: ChangeWords): readonly ChangeLine[] {
  const { from, to, ...rest } = detail
  const status = typeof from === 'string' && typeof to === 'string' ? [statusLine(from, to)] : []
  return [...status, ...Object.entries(rest).flatMap(([name, value]) => lineOf(name, value, say))]
}

function statusLine(from: string, to: string): ChangeLine {
  return { what: historyTexts.fields.status, from: worded(from), to: worded(to) }
}

function lineOf(name: string, value: unknown, say: ChangeWords): readonly ChangeLine[] {
  if (UNSAID.has(name) || value === null || value === undefined || value === '' || value === false) return []
  // Of a filter, of what was chosen: each part of it by its own name.
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([part, inside]) => lineOf(part, inside, say))
  }
  if (Array.isArray(value)) {
    return value.length === 0
      ? []
      : [{ what: fieldLabel(name), value: value.map((each) => worded(sayValue(name, each, say))).join(', ') }]
  }
  return [{ what: fieldLabel(name), value: worded(sayValue(name, value, say)) }]
}

function worded(text: string): string {
  return isKey(VALUES, text) ? (VALUES[text] ?? text) : text
}
