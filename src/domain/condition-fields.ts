import { CONDITION_FIELDS, type ConditionField, type ConditionOperator } from './flow.ts'
import { LIMITS } from './limits.ts'

/** How the values of a field compare. */
export type FieldKind = 'text' | 'address' | 'number' | 'version'

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['ip', 'address'],
  ['hour', 'number'],
  ['weekday', 'number'],
  ['asn', 'number'],
  ['os_version', 'version'],
  ['browser_version', 'version'],
])
const FIELDS: ReadonlySet<string> = new Set(CONDITION_FIELDS)
const DEVICE_TYPES = ['desktop', 'mobile', 'tablet', 'tv', 'console', 'other']
const VISITORS = ['new', 'returning']
/** Fields that have no other values than these. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['device_type', DEVICE_TYPES],
  ['visitor', VISITORS],
  ['workspace_visitor', VISITORS],
  ['proxy', ['datacenter']],
])
const NUMBERS: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ['hour', { min: 0, max: 23 }],
  ['weekday', { min: 1, max: 7 }],
  ['asn', { min: 1, max: 2 ** 32 - 1 }],
])
/** Fields of a traffic source's or the user's own words, which may be numbers. */
const FREE_FIELD = /^(sub\d+|external_id|token:.+|param:.+)$/s
const NAMED_FIELD = /^(token|param):(.+)$/s
const NEGATED: ReadonlySet<ConditionOperator> = new Set(['is_not', 'not_in', 'not_contains'])

export function isConditionField(text: string): text is ConditionField {
  if (FIELDS.has(text)) return true
  const name = NAMED_FIELD.exec(text)?.[2]
  return name !== undefined && name.length <= LIMITS.paramNameCharsMax
}

export function fieldKind(field: ConditionField): FieldKind {
  return KINDS.get(field) ?? 'text'
}

/** Whether one value of the field can be greater than another. */
export function isOrdered(field: ConditionField): boolean {
  const kind = fieldKind(field)
  return kind === 'number' || kind === 'version' || FREE_FIELD.test(field)
}

export function isNegated(operator: ConditionOperator): boolean {
  return NEGATED.has(operator)
}

/**
 * A configured value as it is compared: lower case, and a number in its plain form (`09` is 9, `AS3320` is 3320).
 * '' stands for what is unknown.
 */
export function normalizeValue(field: ConditionField, value: string): string {
  const text = value.trim().toLowerCase()
  if (fieldKind(field) !== 'number') return text
  const digits = /^(?:as)?0*(\d+)$/.exec(text)?.[1]
  return digits ?? text
}

/** Why a field can never have this value, for its author; undefined when it can. */
export function findValueProblem(field: ConditionField, value: string): string | undefined {
  const normal = normalizeValue(field, value)
  const words = WORDS.get(field)
  if (words !== undefined && !words.includes(normal)) return `${field} is one of: ${words.join(', ')}`
  if (field === 'country' && !/^[a-z]{2}$/.test(normal)) {
    return `"${value}" is no country code of two letters, e.g. DE`
  }
  const range = NUMBERS.get(field)
  if (range === undefined) return undefined
  const isInside = /^\d+$/.test(normal) && Number(normal) >= range.min && Number(normal) <= range.max
  return isInside ? undefined : `${field} is a number from ${range.min} to ${range.max}`
}
