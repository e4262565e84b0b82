import { fieldKind, isNegated, normalizeValue } from './condition-fields.ts'
import type { Condition, ConditionTest, FlowRule } from './flow.ts'

export type NeverMatching = { readonly ruleId: string; readonly reason: string }

const EMPTY_ANY = 'an empty "any" never holds'

/**
 * Enabled rules that no visitor can ever match, with why: a mistake, though a harmless one. Finds an empty `any`,
 * tests of one field that contradict each other, and rules behind one that every visitor matches.
 */
export function findNeverMatching(rules: readonly FlowRule[]): readonly NeverMatching[] {
  const found: NeverMatching[] = []
  let catchAll: FlowRule | undefined
  for (const rule of rules) {
    if (!rule.enabled) continue
    const reason =
      catchAll === undefined
        ? reasonNever(rule.when)
        : `every visitor matches the rule "${catchAll.name || catchAll.id}" before it`
    if (reason !== undefined) found.push({ ruleId: rule.id, reason })
    else if (alwaysHolds(rule.when)) catchAll = rule
  }
  return found
}

function reasonNever(condition: Condition): string | undefined {
  if ('any' in condition) {
    const reasons = condition.any.map(reasonNever)
    return reasons.includes(undefined) ? undefined : (reasons[0] ?? EMPTY_ANY)
  }
  const tests = requiredTests(condition)
  if ('all' in condition) {
    for (const child of condition.all) {
      const reason = reasonNever(child)
      if (reason !== undefined) return reason
    }
  }
  return contradiction(tests)
}

function alwaysHolds(condition: Condition): boolean {
  if ('all' in condition) return condition.all.every(alwaysHolds)
  return 'any' in condition && condition.any.some(alwaysHolds)
}

/** The tests that every match has passed. */
function requiredTests(condition: Condition): readonly ConditionTest[] {
  if ('all' in condition) return condition.all.flatMap(requiredTests)
  return 'any' in condition ? [] : [condition]
}

function contradiction(tests: readonly ConditionTest[]): string | undefined {
  const fields = new Set(tests.map((test) => test.field))
  for (const field of fields) {
    // Ranges of addresses overlap in ways that comparing their texts does not see.
    if (fieldKind(field) === 'address') continue
    const own = tests.filter((test) => test.field === field)
    if (leavesNoValue(own)) return `no ${field} passes all of its tests`
    if (leavesNoNumber(own)) return `no ${field} is above the one bound and below the other`
  }
  return undefined
}

function leavesNoValue(tests: readonly ConditionTest[]): boolean {
  let allowed: ReadonlySet<string> | undefined
  const refused = new Set<string>()
  for (const test of tests) {
    if (!['is', 'in', 'is_not', 'not_in'].includes(test.operator)) continue
    const values = test.values.map((value) => normalizeValue(test.field, value))
    if (isNegated(test.operator)) for (const value of values) refused.add(value)
    else {
      const before: ReadonlySet<string> | undefined = allowed
      allowed = new Set(before === undefined ? values : values.filter((value) => before.has(value)))
    }
  }
  return allowed !== undefined && [...allowed].every((value) => refused.has(value))
}

/** A test holds when one of its values does, so the lowest bound of `greater` counts, and the highest of `less`. */
function leavesNoNumber(tests: readonly ConditionTest[]): boolean {
  if (tests.some((test) => fieldKind(test.field) === 'version')) return false
  const boundsOf = (operator: 'greater' | 'less') =>
    tests.filter((test) => test.operator === operator).map((test) => test.values.map(Number))
  const above = boundsOf('greater').map((bounds) => Math.min(...bounds))
  const below = boundsOf('less').map((bounds) => Math.max(...bounds))
  return above.some((low) => below.some((high) => low >= high))
}
