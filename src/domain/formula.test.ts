import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMULA_LIMITS, type Formula, formulaName, parseFormula } from './formula.ts'

/** The tree with every parenthesis written out. */
function written(formula: Formula): string {
  if (formula.type === 'number') return formula.text
  if (formula.type === 'metric') return formula.name
  if (formula.type === 'negate') return `(-${written(formula.of)})`
  const sign = { add: '+', subtract: '-', multiply: '*', divide: '/' }[formula.type]
  return `(${written(formula.left)} ${sign} ${written(formula.right)})`
}

function read(text: string): string {
  const parsed = parseFormula(text)
  return parsed.ok ? written(parsed.formula) : `${parsed.at}: ${parsed.message}`
}

describe('a formula', () => {
  it.each([
    ['2 * visits', '(2 * visits)'],
    ['  visits ', 'visits'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c', '((a / b) * c)'],
    ['a + b * c', '(a + (b * c))'],
    ['(a + b) * c', '((a + b) * c)'],
    ['-a * -0.5', '((-a) * (-0.5))'],
    ['a--b', '(a - (-b))'],
    ['conversions:sale/clicks', '(conversions:sale / clicks)'],
    ['conversions:sale-1', '(conversions:sale - 1)'],
    ['[revenue:First deposit] + "events:a]b"', '(revenue:First deposit + events:a]b)'],
  ])('%s is read as %s', (text, tree) => {
    expect(read(text)).toBe(tree)
  })

  it.each([
    ['', '0: The formula ends where a number or a metric is missing.'],
    ['revenue /', '9: The formula ends where a number or a metric is missing.'],
    ['revenue * / clicks', '10: A number or a metric is missing here.'],
    ['(revenue', '0: This parenthesis is not closed.'],
    ['revenue)', '7: This parenthesis was not opened.'],
    ['revenue clicks', '8: Write + - * or / between two terms.'],
    ['(revenue clicks)', '9: Write + - * or / between two terms.'],
    ['revenue % 2', '8: A formula cannot hold "%" here.'],
    ['0,5 * visits', '1: Write decimals with a point: 0.5.'],
    ['[revenue:x', '0: This bracket is not closed, or nothing stands in it.'],
    ['""', '0: This quote is not closed, or nothing stands in it.'],
    ['1 + 2', '0: A formula names at least one metric.'],
    ['1.2345678', '0: A number has at most 12 digits before the point and 6 behind it.'],
  ])('%s is refused where it goes wrong', (text, problem) => {
    expect(read(text)).toBe(problem)
  })

  it('names each of its metrics once', () => {
    const parsed = parseFormula('(revenue - cost) / cost * [events:a b]')
    expect(parsed).toMatchObject({ ok: true, metrics: ['revenue', 'cost', 'events:a b'] })
  })

  it('has an end to its length, its terms and its depth', () => {
    const { charsMax, termsMax, depthMax } = FORMULA_LIMITS
    const terms = (n: number) => Array.from({ length: n }, () => 'a').join('+')
    const nested = (n: number) => `${'('.repeat(n)}a${')'.repeat(n)}`
    expect(parseFormula(terms(termsMax)).ok).toBe(true)
    expect(read(terms(termsMax + 1))).toContain(`at most ${termsMax} numbers and metrics`)
    expect(parseFormula(nested(depthMax)).ok).toBe(true)
    expect(read(nested(depthMax + 1))).toContain(`At most ${depthMax} parentheses`)
    expect(read(`${'-'.repeat(depthMax + 1)}a`)).toContain(`At most ${depthMax} parentheses`)
    expect(read(`a${' '.repeat(charsMax)}`)).toContain(`at most ${charsMax} characters`)
  })

  it('can hold any name of a metric, unless it has a bracket and a quote', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), (event) => {
        const name = `conversions:${event}`
        const inFormula = formulaName(name)
        if (inFormula === undefined) expect(name).toMatch(/\].*"|".*\]/s)
        else expect(parseFormula(`1+${inFormula}`)).toMatchObject({ ok: true, metrics: [name] })
      }),
    )
    expect(formulaName('')).toBeUndefined()
  })

  it('is read, or refused at a place of its text, whatever it is', () => {
    const pieces = fc.constantFrom('a', '1', '.5', '+', '-', '*', '/', '(', ')', '[', ']', '"', ' ', 'é', ':')
    const text = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseFormula(value)
        if (parsed.ok) return
        expect(parsed.at).toBeGreaterThanOrEqual(0)
        expect(parsed.at).toBeLessThanOrEqual(value.length)
      }),
    )
  })
})
