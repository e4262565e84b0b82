import type { Filter } from './report-filters.ts'
import { type Dimension, isTimeDimension } from './report-names.ts'
import { addDays, daysBetween, type ReportQuery } from './report-query.ts'

export type Period = { readonly from: string; readonly to: string }
type Keys = Readonly<Record<string, string>>

const HOURS_OF_DAY = 24
const DAYS_OF_WEEK = 7
const MONTHS_OF_YEAR = 12
/** 1970 began on a Thursday, three days after its Monday. */
const MONDAY = '1969-12-29'

/** The days that a report is compared with; undefined when it is compared with none. */
export function comparedPeriod(
  query: Pick<ReportQuery, 'from' | 'to' | 'compare' | 'compareFrom'>,
): Period | undefined {
  const { from, to, compare, compareFrom } = query
  const days = daysBetween(from, to)
  switch (compare) {
    case 'none':
      return undefined
    case 'previous':
      return { from: addDays(from, -days - 1), to: addDays(from, -1) }
    case 'week':
      return { from: addDays(from, -DAYS_OF_WEEK), to: addDays(to, -DAYS_OF_WEEK) }
    case 'year':
      return { from: yearBefore(from), to: yearBefore(to) }
    case 'custom': {
      const start = compareFrom === '' ? addDays(from, -days - 1) : compareFrom
      return { from: start, to: addDays(start, days) }
    }
  }
}

/** 29 February has no day of its own in the year before. */
function yearBefore(day: string): string {
  const same = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`
  return same.endsWith('-02-29') ? same.replace('-29', '-28') : same
}

/**
 * What a row and its counterpart of the other period have in common: values as they are, and the how manieth day,
 * hour, week or month of its period it is.
 */
export function joinKey(groupBy: readonly Dimension[], keys: Keys, from: string): string {
  return JSON.stringify(
    groupBy.map((dimension) => {
      const value = keys[dimension] ?? ''
      return isTimeDimension(dimension) ? ordinal(dimension, value) - ordinal(dimension, from) : value
    }),
  )
}

/** The filter that finds in another period what `value` is in this one. */
export function counterpart(
  dimension: Dimension,
  value: string,
  periods: { of: Period; other: Period },
): Filter {
  if (!isTimeDimension(dimension)) return { dimension, operator: 'is', values: [value] }
  const at = ordinal(dimension, value) - ordinal(dimension, periods.of.from)
  const text = textOf(dimension, ordinal(dimension, periods.other.from) + at)
  // An hour is printed with the offset of its clock, which may be another one then.
  return { dimension, operator: dimension === 'hour' ? 'starts' : 'is', values: [text] }
}

/** Numbers that follow each other as the days, hours, weeks and months do. */
function ordinal(dimension: Dimension, value: string): number {
  const day = value.slice(0, 10)
  if (dimension === 'hour') {
    return daysBetween(MONDAY, day) * HOURS_OF_DAY + (Number(value.slice(11, 13)) || 0)
  }
  if (dimension === 'week') return Math.floor(daysBetween(MONDAY, day) / DAYS_OF_WEEK)
  if (dimension === 'month') return Number(value.slice(0, 4)) * MONTHS_OF_YEAR + Number(value.slice(5, 7)) - 1
  return daysBetween(MONDAY, day)
}

function textOf(dimension: Dimension, at: number): string {
  if (dimension === 'hour') {
    return `${addDays(MONDAY, Math.floor(at / HOURS_OF_DAY))}T${String(at % HOURS_OF_DAY).padStart(2, '0')}`
  }
  if (dimension === 'week') return addDays(MONDAY, at * DAYS_OF_WEEK)
  if (dimension === 'month') {
    return `${Math.floor(at / MONTHS_OF_YEAR)}-${String((at % MONTHS_OF_YEAR) + 1).padStart(2, '0')}`
  }
  return addDays(MONDAY, at)
}
