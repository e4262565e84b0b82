import { type Formula, parseFormula } from '../domain/formula.ts'
import {
  add,
  divide,
  type Fraction,
  metricFraction,
  multiply,
  negate,
  numberFraction,
  shift,
  type Whole,
} from './exact-fraction.ts'
import { type Metric, type MetricKind, type OfSum, type PlainMetric, toMetric } from './metrics.ts'
import { type CustomMetric, type ReportRequest, ReportRequestError } from './report-request.ts'
import type { SqlParams } from './sql-params.ts'

/** Places that a value is rounded to, half away from zero. */
const PLACES: Readonly<Record<MetricKind, number>> = { count: 0, money: 6, number: 6, ratio: 12 }

/** Integers of 256 bits have 76 digits, of which decimals of the engine keep six for places. */
const SIZE_MAX = '1e69'

/** Names a metric of the workspace's own in a request. */
export const CUSTOM_PREFIX = 'custom:'

/** The metric that a request names. @throws ReportRequestError when there is no such metric */
export function metricOf(
  { customMetrics }: Pick<ReportRequest, 'customMetrics'>,
  name: string,
  params: SqlParams,
): Metric {
  const custom = customMetrics?.get(name)
  return custom === undefined ? toMetric(name, params) : toCustomMetric(custom, params)
}

/**
 * A formula as a metric. It is computed as one fraction of integers and rounded once, so that money is exact whatever
 * the formula divides by on the way. Where a divisor is zero, or a number on the way has more than 69 digits, there is
 * no value.
 * @throws ReportRequestError when it is no formula, or names a metric that does not exist
 */
function toCustomMetric({ formula: text, kind }: CustomMetric, params: SqlParams): Metric {
  const parsed = parseFormula(text)
  if (!parsed.ok) throw new ReportRequestError(`the formula "${text}" cannot be read: ${parsed.message}`)
  const metrics = new Map(parsed.metrics.map((name) => [name, toMetric(name, params)]))
  return {
    sums: [...metrics.values()].flatMap(({ sums }) => sums),
    value: (of) => rounded(toFraction(parsed.formula, metrics, of), kind),
    kind,
  }
}

function toFraction(formula: Formula, metrics: ReadonlyMap<string, PlainMetric>, of: OfSum): Fraction {
  if (formula.type === 'number') return numberFraction(formula.text)
  if (formula.type === 'negate') return negate(toFraction(formula.of, metrics, of))
  if (formula.type === 'metric') {
    const metric = metrics.get(formula.name)
    if (metric === undefined) throw new ReportRequestError(`unknown metric ${formula.name}`)
    return metricFraction(metric.fraction(of))
  }
  const left = toFraction(formula.left, metrics, of)
  const right = toFraction(formula.right, metrics, of)
  if (formula.type === 'add') return add(left, right)
  if (formula.type === 'subtract') return add(left, negate(right))
  return formula.type === 'multiply' ? multiply(left, right) : divide(left, right)
}

function rounded(fraction: Fraction, kind: MetricKind): string {
  const up = PLACES[kind] - fraction.places
  const part = shift(fraction.part, Math.max(0, up))
  const whole = shift(fraction.whole ?? ONE, Math.max(0, -up))
  const quotient = `if((${part.sql} < 0) = (${whole.sql} < 0), 1, -1) * toInt256(${halfAway(part, whole)})`
  const zeros = fraction.divisors.map(({ sql }) => `${sql} = 0`)
  const sizes = [...fraction.divisors.map(({ size }) => size), `2 * ${part.size} + 2 * ${whole.size}`]
  const tooLarge = sizes.map((size) => `${size} >= ${SIZE_MAX}`)
  return `if(${[...zeros, ...tooLarge].join(' OR ')}, NULL, ${inKind(quotient, kind)})`
}

const ONE: Whole = { sql: 'toInt256(1)', size: '1' }

/** Of magnitudes. By zero it is zero, and unread: the engine may compute what `if` leaves out. */
function halfAway(part: Whole, whole: Whole): string {
  const divisor = `abs(${whole.sql})`
  return `intDivOrZero(2 * abs(${part.sql}) + ${divisor}, 2 * ${divisor})`
}

function inKind(quotient: string, kind: MetricKind): string {
  if (kind === 'count') return `toFloat64(${quotient})`
  if (kind === 'ratio') return `toFloat64(${quotient}) / 1e12`
  return `toDecimal256(${quotient}, 0) * toDecimal256('0.000001', 6)`
}
