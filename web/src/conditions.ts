import { COUNTRIES, HOURS, LANGUAGES, WEEKDAYS } from './places.ts'
import { isKey } from './texts.ts'
import { conditionTexts } from './texts-conditions.ts'
import { flowTexts } from './texts-flow.ts'

const words = flowTexts
/** `unknown` and `known` are the API's `is` and `is_not` of ''. */
export type Operator = keyof typeof words.operators
export type Test = {
  /** A field of conditions; `param:` alone while its name is still missing. */
  readonly field: string
  readonly operator: Operator
  readonly values: readonly string[]
}
export type Join = 'all' | 'any'
/** Tests, and groups among them. */
export type Group = { readonly join: Join; readonly parts: readonly (Test | Group)[] }

type ApiTest = { readonly field: string; readonly operator: string; readonly values: readonly string[] }
type ApiCondition = ApiTest | { readonly all: readonly unknown[] } | { readonly any: readonly unknown[] }

export const EMPTY_TEST: Test = { field: 'country', operator: 'is', values: [] }

export function isGroup(part: Test | Group): part is Group {
  return 'join' in part
}

/** An API's condition for the form, a test alone as a group of one; undefined for what is no condition. */
export function readCondition(value: unknown): Group | undefined {
  const part = readPart(value)
  return part === undefined || isGroup(part) ? part : { join: 'all', parts: [part] }
}

function readPart(value: unknown): Test | Group | undefined {
  const condition = toApiCondition(value)
  if (condition === undefined) return undefined
  if ('field' in condition) return toTest(condition)
  const children = childrenOf(condition).map(readPart)
  const parts = children.filter((part) => part !== undefined)
  return parts.length === children.length ? { join: joinOf(condition), parts } : undefined
}

/** The API's form of it. */
export function writeCondition({ join, parts }: Group): unknown {
  return { [join]: parts.map((part) => (isGroup(part) ? writeCondition(part) : writeTest(part))) }
}

function writeTest({ field, operator, values }: Test): ApiTest {
  if (operator === 'unknown') return { field, operator: 'is', values: [''] }
  if (operator === 'known') return { field, operator: 'is_not', values: [''] }
  return { field, operator, values }
}

/** The condition as a sentence, however deep: "Country is Germany or Austria and Device type is Mobile". */
export function describeCondition(value: unknown): string {
  const condition = toApiCondition(value)
  if (condition === undefined) return ''
  if ('field' in condition) return describeTest(toTest(condition))
  const children = childrenOf(condition)
  if (children.length === 0) return words.everyone
  return children
    .map((child) => {
      const inner = toApiCondition(child)
      const text = describeCondition(child)
      return inner !== undefined && !('field' in inner) && childrenOf(inner).length > 1 ? `(${text})` : text
    })
    .join(words.joinWords[joinOf(condition)])
}

export function describeTest({ field, operator, values }: Test): string {
  const head = `${fieldLabel(field)} ${operatorLabel(field, operator)}`
  if (!takesValues(operator)) return head
  const said = values.map((each) => valueLabel(field, each)).join(words.or)
  return `${head} ${said === '' ? words.noValue : said}`
}

export function takesValues(operator: Operator): boolean {
  return operator !== 'unknown' && operator !== 'known'
}

/** A reason is not known or unknown: somebody is a bot for any, and a person for none. */
export function operatorLabel(field: string, operator: Operator): string {
  const { botOperators } = conditionTexts
  return field === 'bot' && isKey(botOperators, operator) ? botOperators[operator] : words.operators[operator]
}

export function fieldLabel(field: string): string {
  if (isKey(words.fields, field)) return words.fields[field]
  const [kind = '', name = ''] = splitOnce(field)
  return kind === 'token' ? words.token(name) : words.param(name)
}

export function valueLabel(field: string, value: string): string {
  return (
    choicesOf(field)?.find((choice) => choice.value.toLowerCase() === value.toLowerCase())?.label ?? value
  )
}

/** The only values that a field has, where these are few and known. */
export function choicesOf(field: string): readonly { value: string; label: string }[] | undefined {
  const listed = { country: COUNTRIES, language: LANGUAGES, hour: HOURS, weekday: WEEKDAYS }
  if (isKey(listed, field)) return listed[field]
  const { device_type, visitor } = words.choices
  const { bot, datacenter } = conditionTexts.choices
  const named = {
    device_type,
    visitor,
    workspace_visitor: visitor,
    connection_type: datacenter,
    proxy: datacenter,
    bot,
  }
  return isKey(named, field)
    ? Object.entries(named[field]).map(([value, label]) => ({ value, label }))
    : undefined
}

function splitOnce(field: string): readonly string[] {
  const at = field.indexOf(':')
  return at < 0 ? [field] : [field.slice(0, at), field.slice(at + 1)]
}

function toTest({ field, operator, values }: ApiTest): Test {
  const isUnknown = values.length === 1 && values[0] === ''
  // With several values `in` means the same as `is`, so that the form offers one of them.
  const plain = operator === 'in' ? 'is' : operator === 'not_in' ? 'is_not' : operator
  if (isUnknown && plain === 'is') return { field, operator: 'unknown', values: [] }
  if (isUnknown && plain === 'is_not') return { field, operator: 'known', values: [] }
  return { field, operator: isKey(words.operators, plain) ? plain : 'is', values }
}

function joinOf(condition: object): Join {
  return 'all' in condition ? 'all' : 'any'
}

function childrenOf(condition: Exclude<ApiCondition, ApiTest>): readonly unknown[] {
  return 'all' in condition ? condition.all : condition.any
}

/** The API describes conditions as any JSON; this is what it stores. */
function toApiCondition(value: unknown): ApiCondition | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('all' in value && Array.isArray(value.all)) return { all: value.all }
  if ('any' in value && Array.isArray(value.any)) return { any: value.any }
  if (!('field' in value && 'operator' in value && 'values' in value)) return undefined
  const { field, operator, values } = value
  if (typeof field !== 'string' || typeof operator !== 'string' || !Array.isArray(values)) return undefined
  return { field, operator, values: values.map(String) }
}
