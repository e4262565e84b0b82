import { findRangeProblem } from './address-range.ts'
import type { ConditionTools } from './condition.ts'
import { fieldKind, findValueProblem, isConditionField, isOrdered } from './condition-fields.ts'
import { CONDITION_OPERATORS, type ConditionField, type ConditionOperator, FLOW_LIMITS } from './flow.ts'
import { parseVersion } from './version-order.ts'

export type ConditionProblem = {
  /** Where, e.g. `rules.0.when.all.1.values.0`. */
  readonly path: string
  readonly message: string
}

const SHAPE = 'must be {all: […]}, {any: […]} or {field, operator, values}'
const WHOLE_OPERATORS: ReadonlySet<ConditionOperator> = new Set(['is', 'is_not', 'in', 'not_in'])
const TEST_KEYS = ['field', 'operator', 'values']
/** More problems than these help nobody. */
const PROBLEMS_MAX = 20
/** Expressions are large once they are compiled: few are enough, since each may have alternatives. */
const REGEX_VALUES_MAX = 20

type Problems = readonly ConditionProblem[]
/** `tests` counts the tests of the whole condition, and its empty groups like one. */
type Check = { readonly tools: ConditionTools; tests: number }

/**
 * What is wrong with what somebody sent as a condition, with where; empty for a condition. Nothing that passes
 * here fails in compileCondition.
 */
export function checkCondition(value: unknown, path: string, tools: ConditionTools): Problems {
  return checkNode({ tools, tests: 0 }, { value, path, depth: 1 }).slice(0, PROBLEMS_MAX)
}

type Node = { readonly value: unknown; readonly path: string; readonly depth: number }

function checkNode(check: Check, { value, path, depth }: Node): Problems {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return problem(path, SHAPE)
  if (depth > FLOW_LIMITS.conditionDepthMax) {
    return problem(path, `is nested deeper than ${FLOW_LIMITS.conditionDepthMax} levels`)
  }
  const keys = Object.keys(value)
  const [key = ''] = keys
  if (keys.length !== 1 || (key !== 'all' && key !== 'any')) return checkTest(check, { ...value }, path)
  const list: unknown = Reflect.get(value, key)
  const listPath = joined(path, key)
  if (!Array.isArray(list)) return problem(listPath, 'must be a list of conditions')
  if (list.length === 0) return countTest(check, path)
  return list.flatMap((child, index) =>
    checkNode(check, { value: child, path: joined(listPath, index), depth: depth + 1 }),
  )
}

/** Says once that there are too many. */
function countTest(check: Check, path: string): Problems {
  check.tests++
  if (check.tests !== FLOW_LIMITS.testsMax + 1) return []
  return problem(path, `there are more than ${FLOW_LIMITS.testsMax} tests`)
}

function checkTest(check: Check, test: Readonly<Record<string, unknown>>, path: string): Problems {
  const { field, operator, values } = test
  if (Object.keys(test).some((key) => !TEST_KEYS.includes(key))) return problem(path, SHAPE)
  const tooMany = countTest(check, path)
  if (check.tests > FLOW_LIMITS.testsMax) return tooMany
  if (typeof field !== 'string' || !isConditionField(field)) {
    return problem(joined(path, 'field'), `there is no field ${quoted(field)}`)
  }
  const known = CONDITION_OPERATORS.find((name) => name === operator)
  if (known === undefined) {
    return problem(joined(path, 'operator'), `there is no operator ${quoted(operator)}`)
  }
  const misuse = findMisuse(field, known)
  if (misuse !== undefined) return problem(joined(path, 'operator'), misuse)
  return checkValues(check.tools, { field, operator: known, values }, joined(path, 'values'))
}

function findMisuse(field: ConditionField, operator: ConditionOperator): string | undefined {
  if ((operator === 'greater' || operator === 'less') && !isOrdered(field)) {
    return `"${operator}" compares numbers and versions, which ${field} is not`
  }
  return undefined
}

type TestWords = { readonly field: ConditionField; readonly operator: ConditionOperator }

function checkValues(
  tools: ConditionTools,
  test: TestWords & { readonly values: unknown },
  path: string,
): Problems {
  const { values, operator } = test
  if (!Array.isArray(values)) return problem(path, 'must be a list of texts')
  const valuesMax = operator === 'regex' ? REGEX_VALUES_MAX : FLOW_LIMITS.valuesMax
  if (values.length === 0) return problem(path, 'needs a value')
  if (values.length > valuesMax) return problem(path, `has more than ${valuesMax} values`)
  return values.flatMap((value: unknown, index) => {
    const message = findProblem(tools, test, value)
    return message === undefined ? [] : problem(joined(path, index), message)
  })
}

function findProblem(
  tools: ConditionTools,
  { field, operator }: TestWords,
  value: unknown,
): string | undefined {
  if (typeof value !== 'string') return 'must be a text'
  if (operator === 'regex') return findRegexProblem(tools, value)
  if (value.length > FLOW_LIMITS.valueCharsMax) {
    return `is longer than ${FLOW_LIMITS.valueCharsMax} characters`
  }
  const comparesWhole = WHOLE_OPERATORS.has(operator)
  if (value.trim() === '') {
    return comparesWhole ? undefined : `must not be empty: only "is" and "in" take '' for what is unknown`
  }
  if (operator === 'greater' || operator === 'less') return findOrderProblem(field, value)
  if (!comparesWhole) return undefined
  return fieldKind(field) === 'address' ? findRangeProblem(value) : findValueProblem(field, value)
}

function findRegexProblem(tools: ConditionTools, pattern: string): string | undefined {
  if (pattern === '') return 'must not be empty: every text matches it'
  if (pattern.length > FLOW_LIMITS.regexCharsMax) {
    return `is longer than ${FLOW_LIMITS.regexCharsMax} characters`
  }
  const compiled = tools.compileRegex(pattern)
  return compiled.ok ? undefined : compiled.reason
}

function findOrderProblem(field: ConditionField, value: string): string | undefined {
  if (fieldKind(field) === 'version') {
    return parseVersion(value.trim()) === undefined ? `"${value}" is no version, e.g. 17.4` : undefined
  }
  return Number.isFinite(Number(value)) ? undefined : `"${value}" is no number`
}

function problem(path: string, message: string): Problems {
  return [{ path, message }]
}

function joined(path: string, part: string | number): string {
  return path === '' ? String(part) : `${path}.${part}`
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 80)}"` : 'without a name'
}
