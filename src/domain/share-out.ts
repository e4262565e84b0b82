/**
 * Divides a whole number into whole shares in proportion to the weights, by largest remainder: the shares add up to
 * exactly the number, and none is further than one from its proportion. Among equal remainders the first goes first.
 * @param weights integers with a sum other than zero; single ones may be negative
 */
export function shareOut(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  if (sum === 0n) throw new RangeError('shares need weights')
  const sign = sum < 0n ? -1n : 1n
  const parts = weights.map((weight) => divide(BigInt(total) * BigInt(weight) * sign, sum * sign))
  const given = parts.reduce((all, { floor }) => all + floor, 0n)
  const left = Number(BigInt(total) - given)
  const luckiest = parts
    .map(({ rest }, index) => ({ rest, index }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  const lucky = new Set(luckiest.slice(0, left).map(({ index }) => index))
  return parts.map(({ floor }, index) => Number(floor) + (lucky.has(index) ? 1 : 0))
}

/** Rounded down, also below zero. */
function divide(dividend: bigint, divisor: bigint): { readonly floor: bigint; readonly rest: bigint } {
  const rest = ((dividend % divisor) + divisor) % divisor
  return { floor: (dividend - rest) / divisor, rest }
}
