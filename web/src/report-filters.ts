import { type Dimension, isDimension } from './report-names.ts'
import { isKey } from './texts.ts'
import { explorerTexts } from './texts-explorer.ts'

export type FilterOperator = keyof typeof explorerTexts.operators

/** Holds when any of its values does; `is_not` when none does. */
export type Filter = {
  readonly dimension: Dimension
  readonly operator: FilterOperator
  readonly values: readonly string[]
}

/** For the address; undefined for none. The plain case is written short: `["country","DE"]`. */
export function writeFilters(filters: readonly Filter[]): string | undefined {
  if (filters.length === 0) return undefined
  return JSON.stringify(
    filters.map(({ dimension, operator, values }) =>
      operator === 'is' && values.length === 1 ? [dimension, values[0]] : [dimension, operator, values],
    ),
  )
}

/** Reads what `writeFilters` writes; what makes no sense is left out. */
export function readFilters(text: string | null): readonly Filter[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(entries) ? entries.flatMap(toFilter) : []
  } catch {
    return []
  }
}

/** Narrows to one value: what was asked of the dimension before is replaced. */
export function withOnly(filters: readonly Filter[], dimension: Dimension, value: string): readonly Filter[] {
  const others = filters.filter((filter) => filter.dimension !== dimension)
  return [...others, { dimension, operator: 'is', values: [value] }]
}

function toFilter(entry: unknown): readonly Filter[] {
  if (!Array.isArray(entry)) return []
  const [dimension, second, third]: unknown[] = entry
  if (typeof dimension !== 'string' || !isDimension(dimension) || typeof second !== 'string') return []
  if (entry.length === 2) return [{ dimension, operator: 'is', values: [second] }]
  if (!isKey(explorerTexts.operators, second) || !isTexts(third) || third.length === 0) return []
  return [{ dimension, operator: second, values: third }]
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
