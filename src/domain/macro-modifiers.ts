import { compileDateFormat } from './date-format.ts'
import { md5Hex } from './md5.ts'
import { sha256Hex } from './sha256.ts'

/** One change of a macro's value. Only a default sees an empty value: empty stays empty through all else. */
export type MacroStep = { readonly onEmpty: boolean; readonly apply: (value: string) => string }
export type ParsedModifiers =
  | { readonly ok: true; readonly raw: boolean; readonly steps: readonly MacroStep[] }
  | { readonly ok: false; readonly reason: string }

const PLAIN_MODIFIERS: ReadonlyMap<string, (value: string) => string> = new Map([
  ['lower', (value: string) => value.toLowerCase()],
  ['upper', (value: string) => value.toUpperCase()],
  ['sha256', sha256Hex],
  ['md5', md5Hex],
  ['base64', base64],
])

/** Milliseconds in one unit of the macros that hold a time. */
const TIME_UNITS_MS: Readonly<Record<string, number>> = {
  datetime: 1,
  'click.datetime': 1,
  timestamp: 1_000,
}
/** Without a format of their own they are written as ISO 8601. */
const DATE_TIMES: ReadonlySet<string> = new Set(['datetime', 'click.datetime'])
const ISO_UTC = "yyyy-MM-dd'T'HH:mm:ss'Z'"

/** Reads what follows the name in `{name|lower|default:x}`; steps apply from left to right. */
export function parseModifiers(macro: string, texts: readonly string[]): ParsedModifiers {
  const steps: MacroStep[] = []
  let raw = false
  let formatted = false
  for (const text of texts) {
    const [name, argument] = splitOnce(text)
    if (name === 'raw' && argument === undefined) {
      raw = true
      continue
    }
    const step = parseStep(macro, name, argument)
    if (step === undefined) return { ok: false, reason: `unknown modifier "${text}" of {${macro}}` }
    formatted ||= name === 'format'
    steps.push(step)
  }
  if (DATE_TIMES.has(macro) && !formatted) steps.unshift(...defaultFormat())
  return { ok: true, raw, steps }
}

function parseStep(macro: string, name: string, argument: string | undefined): MacroStep | undefined {
  const plain = PLAIN_MODIFIERS.get(name)
  if (plain !== undefined) return argument === undefined ? onValue(plain) : undefined
  if (argument === undefined) return undefined
  if (name === 'default') return { onEmpty: true, apply: (value) => (value === '' ? argument : value) }
  if (name === 'map') return parseMap(argument)
  return name === 'format' ? parseFormat(macro, argument) : undefined
}

/** `a=1,b=2`; a value that is not listed stays as it is. Case does not matter. */
function parseMap(argument: string): MacroStep | undefined {
  const words = new Map<string, string>()
  for (const entry of argument.split(',')) {
    const at = entry.indexOf('=')
    if (at < 1) return undefined
    words.set(entry.slice(0, at).trim().toLowerCase(), entry.slice(at + 1))
  }
  return onValue((value) => words.get(value.toLowerCase()) ?? value)
}

/** `yyyy-MM-dd` in UTC, or `yyyy-MM-dd,Europe/Paris`; a pattern may hold commas itself. */
function parseFormat(macro: string, argument: string): MacroStep | undefined {
  const unitMs = TIME_UNITS_MS[macro]
  if (unitMs === undefined) return undefined
  const comma = argument.lastIndexOf(',')
  const zoned =
    comma < 0 ? undefined : compileDateFormat(argument.slice(0, comma), argument.slice(comma + 1).trim())
  const format = zoned ?? compileDateFormat(argument, 'UTC')
  if (format === undefined) return undefined
  return onValue((value) => {
    const time = Number(value)
    return Number.isFinite(time) ? format(time * unitMs) : value
  })
}

function defaultFormat(): readonly MacroStep[] {
  const step = parseFormat('datetime', ISO_UTC)
  return step === undefined ? [] : [step]
}

function onValue(apply: (value: string) => string): MacroStep {
  return { onEmpty: false, apply }
}

function base64(value: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(value)))
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const colon = text.indexOf(':')
  return colon < 0 ? [text.trim(), undefined] : [text.slice(0, colon).trim(), text.slice(colon + 1)]
}
