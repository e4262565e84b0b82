import { isKey, texts } from './texts.ts'

type BuiltInDimension = keyof typeof texts.report.dimensions
type BuiltInMetric = keyof typeof texts.report.metrics

/** `token:NAME` is a named token of a traffic source. */
export type Dimension = BuiltInDimension | `token:${string}`
/** `custom:ID` is a formula of the workspace; the others with a colon are of one event. */
export type Metric =
  | BuiltInMetric
  | `custom:${string}`
  | `conversions:${string}`
  | `events:${string}`
  | `revenue:${string}`

const TOKEN_PREFIX = 'token:'
const PARAM_PREFIXES = ['custom:', 'conversions:', 'events:', 'revenue:'] as const

/** Metrics that every workspace has, in the order in which they are told. */
export const METRICS: readonly BuiltInMetric[] = Object.keys(texts.report.metrics).filter((name) =>
  isKey(texts.report.metrics, name),
)

/** Dimensions that have an order of their own, which comparing shifts. */
const TIME_DIMENSIONS: ReadonlySet<string> = new Set(['day', 'hour', 'week', 'month'])
const CLOCK_DIMENSIONS: ReadonlySet<string> = new Set([...TIME_DIMENSIONS, 'weekday', 'hour_of_day'])
/** Dimensions whose values compete with each other: what a split test is about. */
const SPLIT_DIMENSIONS: ReadonlySet<string> = new Set(['path', 'lander', 'offer'])

export function isDimension(name: string): name is Dimension {
  return isKey(texts.report.dimensions, name) || isNamed(name, TOKEN_PREFIX)
}

export function isMetric(name: string): name is Metric {
  return isBuiltInMetric(name) || PARAM_PREFIXES.some((prefix) => isNamed(name, prefix))
}

export function isBuiltInMetric(name: string): name is BuiltInMetric {
  return isKey(texts.report.metrics, name)
}

function isNamed(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && name.length > prefix.length
}

export function dimensionLabel(dimension: Dimension): string {
  const { dimensions, token } = texts.report
  return isKey(dimensions, dimension) ? dimensions[dimension] : token(dimension.slice(TOKEN_PREFIX.length))
}

/** Days, hours, weeks and months, which pass; not the days of the week, which come back. */
export function isTimeDimension(dimension: Dimension): boolean {
  return TIME_DIMENSIONS.has(dimension)
}

/** What reads best in its own order. */
export function hasOwnOrder(dimension: Dimension): boolean {
  return CLOCK_DIMENSIONS.has(dimension)
}

/** The dimension whose values a report compares; undefined when it is no split test. */
export function splitDimension({
  groupBy,
}: {
  readonly groupBy: readonly Dimension[]
}): Dimension | undefined {
  const [only, ...rest] = groupBy
  return rest.length === 0 && only !== undefined && SPLIT_DIMENSIONS.has(only) ? only : undefined
}
