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
