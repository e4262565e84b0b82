import type { MacroStep } from './macro-modifiers.ts'

/** What another system's macro with an argument means here: a macro and a change of its value. */
export type ForeignMacro =
  | { readonly ok: true; readonly name: string; readonly raw: boolean; readonly steps: readonly MacroStep[] }
  | { readonly ok: false; readonly reason: string }

const RANDOM_DIGITS_MAX = 9

/** Keitaro's words for a status, and ours for the same. */
const STATUS_WORDS: ReadonlyMap<string, string> = new Map([
  ['lead', 'pending'],
  ['sale', 'approved'],
  ['rebill', 'approved'],
  ['rejected', 'rejected'],
  ['trash', 'trash'],
])

/** Macros of Keitaro for which there is nothing here, and what to do instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['offer_value', 'an offer has no further values: write the value into the URL of the offer'],
  ['offer', 'on a lander a link to /click leads to the offer'],
  ['from_file', 'values are not read from files'],
  ['sample', 'a value is not drawn from a list: give the flow two offers with weights'],
  ['date', 'write {datetime|format:yyyy-MM-dd,UTC}'],
])

/** Voluum's token functions: how a value is written. */
const VOLUUM_FORMS: ReadonlyMap<string, boolean> = new Map([
  ['raw', true],
  ['percent', false],
])

/**
 * Reads a macro that takes an argument in the way of other systems: Keitaro's `{status:lead=0 sale=1}` and
 * `{random:min,max}`, Voluum's `{externalid:raw}` and `{externalid:percent}`; and names those that can not be had.
 * @param resolve the macro behind a name; undefined when it is none.
 * @returns undefined for what is none of these.
 */
export function parseForeignMacro(
  content: string,
  resolve: (name: string) => string | undefined,
): ForeignMacro | undefined {
  const colon = content.indexOf(':')
  const written = (colon < 0 ? content : content.slice(0, colon)).trim().replace(/^_/, '')
  const argument = colon < 0 ? '' : content.slice(colon + 1).trim()
  const name = resolve(written)
  const refusal = REFUSED.get(written.toLowerCase())
  if (refusal !== undefined && (name === undefined || colon >= 0)) return refused(content, refusal)
  if (name === undefined || colon < 0) return undefined
  if (name === 'status') return readStatusMap(content, argument)
  if (name === 'random') return readRandomRange(content, argument)
  const raw = VOLUUM_FORMS.get(argument)
  if (raw !== undefined) return { ok: true, name, raw, steps: [] }
  return argument === 'hash' ? refused(content, `write {${name}|sha256} or {${name}|md5}`) : undefined
}

/** `lead=0 sale=1 rejected=2`: the network's or source's own codes for the statuses. */
function readStatusMap(content: string, argument: string): ForeignMacro {
  const codes = new Map<string, string>()
  for (const entry of argument.split(/[\s,]+/)) {
    const [word = '', code] = entry.split('=', 2)
    const status = STATUS_WORDS.get(word.toLowerCase())
    if (status === undefined || code === undefined) {
      return refused(content, `"${entry}" is no status of Keitaro's with its code, e.g. sale=1`)
    }
    if (!codes.has(status)) codes.set(status, code)
  }
  const apply = (value: string) => codes.get(value) ?? value
  return { ok: true, name: 'status', raw: false, steps: [{ onEmpty: false, apply }] }
}

function readRandomRange(content: string, argument: string): ForeignMacro {
  const [min, max] = argument.split(/\s*,\s*/).map((text) => (/^\d{1,9}$/.test(text) ? Number(text) : -1))
  if (min === undefined || max === undefined || min < 0 || max < min) {
    return refused(
      content,
      `a range is two numbers of up to ${RANDOM_DIGITS_MAX} digits, e.g. {random:1,100}`,
    )
  }
  const apply = (value: string) => String(min + (Number(value) % (max - min + 1)))
  return { ok: true, name: 'random', raw: false, steps: [{ onEmpty: false, apply }] }
}

function refused(content: string, reason: string): ForeignMacro {
  return { ok: false, reason: `{${content}}: ${reason}` }
}
