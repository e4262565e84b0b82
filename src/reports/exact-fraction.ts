import type { Quantity } from './metrics.ts'

/**
 * A value as SQL, without any rounding: part ÷ whole ÷ 10^places, both of them integers of 256 bits.
 * `divisors` are what it was divided by on the way: where one of them is zero there is no value.
 */
export type Fraction = {
  readonly part: Whole
  /** Absent for 1. */
  readonly whole?: Whole
  readonly places: number
  readonly divisors: readonly Whole[]
}

/** An integer as SQL, and a float that is at least its magnitude: integers of the engine overflow silently. */
export type Whole = { readonly sql: string; readonly size: string }

/** Of the ledger's decimals. */
const DECIMAL_PLACES = 6

/** @param text digits with at most one point */
export function numberFraction(text: string): Fraction {
  const [digits = '', behind = ''] = text.split('.')
  return { part: constant(BigInt(digits + behind)), places: behind.length, divisors: [] }
}

export function metricFraction({ part, whole }: { part: Quantity; whole?: Quantity }): Fraction {
  const value = toFraction(part)
  return whole === undefined ? value : divide(value, toFraction(whole))
}

export function negate({ part, ...rest }: Fraction): Fraction {
  return { ...rest, part: { sql: `(-${part.sql})`, size: part.size } }
}

export function add(left: Fraction, right: Fraction): Fraction {
  const divisors = [...left.divisors, ...right.divisors]
  const places = Math.max(left.places, right.places)
  const [a, b] = [shift(left.part, places - left.places), shift(right.part, places - right.places)]
  // Terms of one divisor, such as two figures for each click, need no common multiple.
  if (left.whole?.sql === right.whole?.sql) {
    return { ...withWhole(left.whole), part: sum(a, b), places, divisors }
  }
  const part = sum(times(a, right.whole), times(b, left.whole))
  return { ...withWhole(left.whole, right.whole), part, places, divisors }
}

export function multiply(left: Fraction, right: Fraction): Fraction {
  return {
    ...withWhole(left.whole, right.whole),
    part: times(left.part, right.part),
    places: left.places + right.places,
    divisors: [...left.divisors, ...right.divisors],
  }
}

export function divide(left: Fraction, right: Fraction): Fraction {
  const divisors = [...left.divisors, ...right.divisors, right.part]
  const up = Math.max(0, right.places - left.places)
  return {
    ...withWhole(left.whole, right.part),
    part: shift(times(left.part, right.whole), up),
    places: left.places + up - right.places,
    divisors,
  }
}

/** The integer times 10^places. */
export function shift(value: Whole, places: number): Whole {
  return places === 0 ? value : times(value, constant(10n ** BigInt(places)))
}

function toFraction({ sql, isDecimal }: Quantity): Fraction {
  if (!isDecimal) return { part: integer(sql, sql), places: 0, divisors: [] }
  const micros = `${sql} * ${10 ** DECIMAL_PLACES}`
  return { part: integer(micros, micros), places: DECIMAL_PLACES, divisors: [] }
}

function integer(sql: string, magnitude: string): Whole {
  return { sql: `toInt256(${sql})`, size: `abs(toFloat64(${magnitude}))` }
}

function constant(value: bigint): Whole {
  return { sql: `toInt256('${value}')`, size: String(Number(value)) }
}

function sum(a: Whole, b: Whole): Whole {
  return { sql: `(${a.sql} + ${b.sql})`, size: `(${a.size} + ${b.size})` }
}

function times(a: Whole, b: Whole | undefined): Whole {
  return b === undefined ? a : { sql: `${a.sql} * ${b.sql}`, size: `${a.size} * ${b.size}` }
}

function withWhole(a: Whole | undefined, b?: Whole): { readonly whole?: Whole } {
  const whole = a === undefined ? b : times(a, b)
  return whole === undefined ? {} : { whole }
}
