/** Percents are counted in millionths, so that 2.5 % is a whole number. */
const PERCENT_PARTS = 1_000_000

/**
 * What one visit or impression costs of a price that is paid for `parts` of them, raised by the share that is billed
 * and never arrives: price ÷ parts × 100 ÷ (100 − loss), in one rounding, half away from zero.
 *
 * A price for a thousand with up to three decimals (1.234) is exact. With more of them, or a loss, a visit is off by
 * half a micro at most: 0.0005 of the currency in a thousand visits.
 * @param priceMicros not negative.
 * @param lossPercent 0 to under 100, in steps of a millionth; anything else raises nothing.
 */
export function trafficCostMicros(priceMicros: number, parts: number, lossPercent: number): number {
  const isLoss = lossPercent > 0 && lossPercent < 100
  if (parts === 1 && !isLoss) return priceMicros
  const arriving = BigInt(100 * PERCENT_PARTS - (isLoss ? Math.round(lossPercent * PERCENT_PARTS) : 0))
  const dividend = BigInt(priceMicros) * BigInt(100 * PERCENT_PARTS)
  const divisor = BigInt(parts) * (arriving > 0n ? arriving : BigInt(100 * PERCENT_PARTS))
  return Number((2n * dividend + divisor) / (2n * divisor))
}
