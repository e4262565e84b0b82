/** The middle one of the values; the upper of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The value that the share q of all values lies below. */
export function percentile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
  if (value === undefined) throw new Error('nothing was measured')
  return value
}
