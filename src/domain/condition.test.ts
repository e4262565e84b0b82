import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompileRegex, compileCondition } from './condition.ts'
import { type Condition, type ConditionField, type ConditionOperator, FLOW_LIMITS } from './flow.ts'

/** The platform's own engine: which one it is, is the caller's choice. */
const compileRegex: CompileRegex = (pattern) => {
  try {
    const regex = new RegExp(pattern, 'i')
    return { ok: true, test: (text) => regex.test(text) }
  } catch {
    return { ok: false, reason: `"${pattern}" is no expression` }
  }
}

const test = (field: ConditionField, operator: ConditionOperator, ...values: string[]): Condition => ({
  field,
  operator,
  values,
})

function holds(condition: Condition, facts: Readonly<Record<string, string>>): boolean {
  const compiled = compileCondition(condition, { compileRegex })
  if (!compiled.ok) throw new Error(compiled.reason)
  return compiled.matches({ value: (field) => facts[field] ?? '' })
}

const IPHONE = { os: 'iOS', os_version: '17.4.1', country: 'DE', hour: '9', weekday: '5', ip: '192.0.2.7' }

describe('a test', () => {
  it.each<[ConditionField, ConditionOperator, string[], boolean]>([
    ['country', 'is', ['de'], true],
    ['country', 'is', ['AT', 'CH'], false],
    ['country', 'in', ['AT', 'De'], true],
    ['country', 'is_not', ['AT'], true],
    ['country', 'not_in', ['AT', 'DE'], false],
    ['os', 'contains', ['IO'], true],
    ['os', 'not_contains', ['droid', 'os'], false],
    ['os', 'starts', ['i'], true],
    ['os', 'starts', ['os'], false],
    ['country', 'starts', ['d'], true],
    ['os', 'regex', ['^(ios|ipados)$'], true],
    ['os_version', 'greater', ['17.4'], true],
    ['os_version', 'greater', ['17.10'], false],
    ['os_version', 'less', ['17.10'], true],
    ['os_version', 'greater', ['17.4.1.0'], false],
    ['os_version', 'less', ['17.4.1.0'], false],
    ['os_version', 'less', ['17.4.1.0.1'], true],
    ['os_version', 'is', ['17.4.1'], true],
    ['hour', 'greater', ['10'], false],
    ['hour', 'less', ['10'], true],
    ['hour', 'in', ['08', '09'], true],
    ['weekday', 'is', ['5'], true],
    ['ip', 'is', ['192.0.2.0/24'], true],
    ['ip', 'in', ['198.51.100.1', '192.0.2.5-192.0.2.9'], true],
    ['ip', 'is_not', ['192.0.2.0/24'], false],
    ['ip', 'not_in', ['2001:db8::/32'], true],
    ['ip', 'starts', ['192.'], true],
  ])('%s %s %j: %s', (field, operator, values, expected) => {
    expect(holds(test(field, operator, ...values), IPHONE)).toBe(expected)
  })

  it.each<[ConditionOperator, string, boolean]>([
    ['is', '', true],
    ['is_not', '', false],
    ['is', 'x', false],
    ['is_not', 'x', true],
    ['greater', '0', false],
    ['less', '1', false],
    ['contains', 'x', false],
    ['not_contains', 'x', true],
  ])('of what is unknown: %s %j: %s', (operator, value, expected) => {
    for (const field of ['country', 'sub1', 'param:x'] as const) {
      expect(holds(test(field, operator, value), {})).toBe(expected)
    }
  })

  it('of an unknown address or version holds only where the unknown is asked for', () => {
    expect(holds(test('ip', 'is', '0.0.0.0/0'), {})).toBe(false)
    expect(holds(test('ip', 'is', ''), {})).toBe(true)
    expect(holds(test('os_version', 'less', '99'), {})).toBe(false)
    expect(holds(test('os_version', 'less', '99'), { os_version: 'Vista' })).toBe(false)
  })

  it('of a version takes the parts that it lacks for 0', () => {
    for (const operator of ['greater', 'less'] as const) {
      expect(holds(test('os_version', operator, '17'), { os_version: '17.0' })).toBe(false)
      expect(holds(test('os_version', operator, '17.0'), { os_version: '17' })).toBe(false)
    }
  })

  it('compares free text as numbers, with fractions and signs', () => {
    expect(holds(test('token:bid', 'greater', '1.25'), { 'token:bid': '1.5' })).toBe(true)
    expect(holds(test('sub1', 'less', '-1'), { sub1: '-2' })).toBe(true)
    expect(holds(test('sub1', 'greater', '5'), { sub1: 'many' })).toBe(false)
  })

  it('knows an autonomous system with or without its prefix', () => {
    expect(holds(test('asn', 'is', 'AS3320'), { asn: '3320' })).toBe(true)
    expect(holds(test('asn', 'in', '3320', 'as15169'), { asn: '15169' })).toBe(true)
  })

  it('that is negated is the opposite of the plain one, for any values', () => {
    const pairs = [
      ['is', 'is_not'],
      ['in', 'not_in'],
      ['contains', 'not_contains'],
    ] as const
    const texts = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...pairs), texts, fc.string({ maxLength: 4 }), (pair, values, city) => {
        const [plain, negated] = pair.map((operator) => holds(test('city', operator, ...values), { city }))
        expect(negated).toBe(!plain)
      }),
    )
  })

  it('shows an expression no more of a text than the limit', () => {
    const text = 'x'.repeat(FLOW_LIMITS.regexTextCharsMax)
    expect(holds(test('user_agent', 'regex', 'needle'), { user_agent: `${text}needle` })).toBe(false)
    expect(holds(test('user_agent', 'regex', '^x+$'), { user_agent: `${text}needle` })).toBe(true)
  })
})

describe('a condition', () => {
  const yes = test('country', 'is', 'DE')
  const no = test('country', 'is', 'AT')

  it.each<[string, Condition, boolean]>([
    ['an empty all', { all: [] }, true],
    ['an empty any', { any: [] }, false],
    ['all of both', { all: [yes, no] }, false],
    ['any of both', { any: [no, yes] }, true],
    ['any in all', { all: [yes, { any: [no, { all: [yes, yes] }] }] }, true],
    ['all in any', { any: [no, { all: [yes, no] }] }, false],
  ])('%s: %s', (_name, condition, expected) => {
    expect(holds(condition, IPHONE)).toBe(expected)
  })

  it('with an expression that does not compile says so, wherever it stands', () => {
    const broken: Condition = { any: [yes, { all: [test('os', 'regex', '(')] }] }
    expect(compileCondition(broken, { compileRegex })).toEqual({ ok: false, reason: '"(" is no expression' })
  })

  it('of an operator that this version does not know is refused, not passed', () => {
    const unknown = JSON.parse('{"field":"os","operator":"resembles","values":["x"]}')
    expect(compileCondition(unknown, { compileRegex }).ok).toBe(false)
  })
})

describe('text', () => {
  it('is the same whatever its case, in every alphabet', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom('İ', 'i̇', 'I', 'ẞ', 'ẞß', 'ΣΑΣ'),
    )
    fc.assert(
      fc.property(word, word, (one, other) => {
        const expected = one.trim().toLowerCase() === other.toLowerCase()
        expect(holds(test('city', 'is', one), { city: other })).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
    expect(holds(test('city', 'is', 'i̇stanbul'), { city: 'İSTANBUL' })).toBe(true)
  })
})
