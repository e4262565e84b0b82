import { describe, expect, it } from 'vitest'
import { checkCondition } from './check-condition.ts'
import type { CompileRegex } from './condition.ts'
import { FLOW_LIMITS, type FlowRule } from './flow.ts'
import { findNeverMatching } from './never-matching.ts'

const compileRegex: CompileRegex = (pattern) =>
  pattern.includes('(') ? { ok: false, reason: 'is no expression' } : { ok: true, test: () => true }
const check = (value: unknown) => checkCondition(value, 'when', { compileRegex })
const test = (field: string, operator: string, ...values: unknown[]) => ({ field, operator, values })

describe('a checked condition', () => {
  it.each([
    { all: [] },
    { any: [test('country', 'in', 'DE', 'at'), { all: [test('hour', 'greater', '8')] }] },
    test('ip', 'is', '10.0.0.0/8', '2001:db8::1', '192.0.2.1-192.0.2.9', ''),
    test('token:zone', 'greater', '1.5'),
    test('param:utm_source', 'regex', '^fb|ig$'),
    test('os_version', 'less', '17.4'),
    test('asn', 'in', 'AS3320', '15169'),
    test('device_type', 'is', 'Mobile', ''),
    test('city', 'is_not', ''),
  ])('%j is in order', (value) => {
    expect(check(value)).toEqual([])
  })

  it.each<[unknown, string, string]>([
    [null, 'when', 'must be {all'],
    [[], 'when', 'must be {all'],
    [{ all: [], any: [] }, 'when', 'must be {all'],
    [{ all: [], extra: 1 }, 'when', 'must be {all'],
    [{ all: {} }, 'when.all', 'list of conditions'],
    [{ ...test('country', 'is', 'DE'), not: true }, 'when', 'must be {all'],
    [test('planet', 'is', 'Mars'), 'when.field', 'no field "planet"'],
    [test('token:', 'is', 'x'), 'when.field', 'no field "token:"'],
    [test('constructor', 'is', 'x'), 'when.field', 'no field'],
    [test('country', 'resembles', 'DE'), 'when.operator', 'no operator "resembles"'],
    [test('country', 'greater', '5'), 'when.operator', 'which country is not'],
    [test('country', 'is'), 'when.values', 'needs a value'],
    [{ field: 'country', operator: 'is' }, 'when.values', 'list of texts'],
    [test('country', 'is', 5), 'when.values.0', 'must be a text'],
    [test('country', 'in', 'DE', 'Germany'), 'when.values.1', 'two letters'],
    [test('hour', 'is', '24'), 'when.values.0', '0 to 23'],
    [test('weekday', 'in', 'monday'), 'when.values.0', '1 to 7'],
    [test('visitor', 'is', 'old'), 'when.values.0', 'new, returning'],
    [test('ip', 'in', '10.0.0.0/33'), 'when.values.0', 'no IP address'],
    [test('sub1', 'greater', 'many'), 'when.values.0', 'no number'],
    [test('os_version', 'greater', 'Vista'), 'when.values.0', 'no version'],
    [test('city', 'contains', ''), 'when.values.0', 'must not be empty'],
    [test('city', 'regex', '(a+'), 'when.values.0', 'no expression'],
    [test('city', 'regex', 'a'.repeat(FLOW_LIMITS.regexCharsMax + 1)), 'when.values.0', 'longer than'],
    [test('city', 'is', 'a'.repeat(FLOW_LIMITS.valueCharsMax + 1)), 'when.values.0', 'longer than'],
    [{ all: [{ all: [] }, { any: [test('os', 'is', 7)] }] }, 'when.all.1.any.0.values.0', 'must be a text'],
  ])('%j is refused at %s', (value, path, message) => {
    expect(check(value)).toEqual([{ path, message: expect.stringContaining(message) }])
  })

  it('names every problem, up to a limit', () => {
    const wrong = test('country', 'in', 'Germany', 'Austria')
    expect(check({ all: [wrong, wrong] }).map(({ path }) => path)).toEqual([
      'when.all.0.values.0',
      'when.all.0.values.1',
      'when.all.1.values.0',
      'when.all.1.values.1',
    ])
    expect(check(test('country', 'in', ...Array.from({ length: 900 }, () => 'nowhere')))).toHaveLength(20)
  })

  it('is bounded in depth, tests and values, so that nothing sent can keep the server busy', () => {
    let deep: object = { all: [] }
    for (let i = 0; i < 10_000; i++) deep = { all: [deep] }
    expect(check(deep)).toEqual([{ path: 'when.all.0.all.0.all.0.all.0.all.0', message: expect.any(String) }])
    const many = Array.from({ length: 30 }, () => test('country', 'is', 'DE'))
    expect(check({ any: [{ all: many }, { all: many }] })[0]?.message).toContain('more than 50 tests')
    expect(check(test('city', 'in', ...Array.from({ length: 1_001 }, () => 'x')))[0]?.path).toBe(
      'when.values',
    )
    expect(check(test('city', 'regex', ...Array.from({ length: 21 }, () => 'x')))[0]?.path).toBe(
      'when.values',
    )
  })
})

describe('rules that never match', () => {
  const rule = (id: string, when: unknown, enabled = true) =>
    // The conditions below are valid; the shorthand for tests is typed more widely.
    ({ id, name: '', enabled, when, paths: [] }) as FlowRule
  const never = (when: unknown) => findNeverMatching([rule('r', when)]).length === 1

  it.each<[unknown, boolean]>([
    [{ any: [] }, true],
    [{ all: [{ any: [] }, test('os', 'is', 'iOS')] }, true],
    [{ any: [{ any: [] }, test('os', 'is', 'iOS')] }, false],
    [{ all: [test('os', 'is', 'iOS'), test('os', 'is', 'Android')] }, true],
    [{ all: [test('os', 'is', 'iOS'), { all: [test('os', 'in', 'IOS', 'Android')] }] }, false],
    [{ all: [test('os', 'is', 'iOS'), test('os', 'is_not', 'ios')] }, true],
    [{ all: [test('os', 'in', 'iOS', 'Android'), test('os', 'is_not', 'ios')] }, false],
    [{ any: [test('os', 'is', 'iOS'), test('os', 'is_not', 'ios')] }, false],
    [{ all: [test('hour', 'greater', '18'), test('hour', 'less', '6')] }, true],
    [{ all: [test('hour', 'greater', '6'), test('hour', 'less', '18')] }, false],
    [{ all: [test('hour', 'greater', '6'), test('hour', 'less', '6')] }, true],
    [{ all: [test('ip', 'is', '10.0.0.0/8'), test('ip', 'is', '10.0.0.1')] }, false],
    [{ all: [] }, false],
  ])('%j: %s', (when, expected) => {
    expect(never(when)).toBe(expected)
  })

  it('are those behind one that every visitor matches, unless it is disabled', () => {
    const all = { any: [{ all: [] }, test('os', 'is', 'iOS')] }
    const behind = rule('b', test('country', 'is', 'DE'))
    expect(findNeverMatching([rule('a', all), behind])).toEqual([
      { ruleId: 'b', reason: expect.stringContaining('"a"') },
    ])
    expect(findNeverMatching([rule('a', all, false), behind])).toEqual([])
  })

  it('are none of those that are disabled', () => {
    expect(findNeverMatching([rule('a', { any: [] }, false)])).toEqual([])
  })
})
