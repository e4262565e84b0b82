import type { Formula } from '../../src/domain/formula.ts'
import type { MetricValues } from './report-metrics.ts'

/**
 * A formula's value over the figures of a report, for a look at it while it is written: what the report itself shows
 * is computed exactly by the server. Null where something is divided by zero or has no value.
 */
export function previewFormula(formula: Formula, values: MetricValues): number | null {
  switch (formula.type) {
    case 'number':
      return Number(formula.text)
    case 'metric': {
      const value = values[formula.name] ?? null
      return value === null ? null : Number(value)
    }
    case 'negate': {
      const of = previewFormula(formula.of, values)
      return of === null ? null : -of
    }
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
      return combine(
        formula.type,
        previewFormula(formula.left, values),
        previewFormula(formula.right, values),
      )
  }
}

function combine(
  operation: 'add' | 'subtract' | 'multiply' | 'divide',
  left: number | null,
  right: number | null,
): number | null {
  if (left === null || right === null) return null
  switch (operation) {
    case 'add':
      return left + right
    case 'subtract':
      return left - right
    case 'multiply':
      return left * right
    case 'divide':
      return right === 0 ? null : left / right
  }
}
