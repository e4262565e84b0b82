import type { CostRequest } from './cost-request.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** No place's clock is further from UTC. */
const ZONE_OFFSET_MAX_MS = 14 * HOUR_MS
/** Dimensions of which a visit has one value, whatever time zone is asked in. */
const TELLS_APART: ReadonlySet<string> = new Set(
  `campaign source offer network lander path rule country region city isp
  device_type os browser language sub1 sub2 sub3 sub4 sub5`.split(/\s+/),
)
/** Operators of filters that let the named values through and no others. */
const NAMING: ReadonlySet<string> = new Set(['is', 'in'])

type Asked = Pick<CostRequest, 'range' | 'timeZone' | 'filters'>

/**
 * Whether two corrections may be about a visit in common. True when it can not be ruled out: a later correction that
 * counts on an earlier one must never be passed over.
 */
export function mayOverlap(a: Asked, b: Asked): boolean {
  return spansMeet(a, b) && !a.filters.some((filter) => b.filters.some((other) => areApart(filter, other)))
}

/** Days of one zone begin alike; beside anything else their ends are as far off as zones can be. */
function spansMeet(a: Asked, b: Asked): boolean {
  const areAlike = a.timeZone === b.timeZone && a.range.type === b.range.type
  const [first, second] = [spanOf(a, areAlike), spanOf(b, areAlike)]
  return first.from < second.to && second.from < first.to
}

function spanOf({ range }: Asked, isExact: boolean): { readonly from: number; readonly to: number } {
  if (range.type === 'times') return { from: range.fromSeconds * 1_000, to: range.toSeconds * 1_000 }
  const slack = isExact ? 0 : ZONE_OFFSET_MAX_MS
  return { from: Date.parse(range.from) - slack, to: Date.parse(range.to) + DAY_MS + slack }
}

type Filter = Asked['filters'][number]

/** Both name values of one dimension, and none in common. */
function areApart(a: Filter, b: Filter): boolean {
  if (a.dimension !== b.dimension || !TELLS_APART.has(a.dimension)) return false
  if (!NAMING.has(a.operator) || !NAMING.has(b.operator)) return false
  const values = new Set(a.values.map((value) => value.toLowerCase()))
  return !b.values.some((value) => values.has(value.toLowerCase()))
}
