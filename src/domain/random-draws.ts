/** Uniform in [0, 1). */
export type Random = () => number

const UINT32_END = 2 ** 32

/** A stream of numbers that a seed repeats (mulberry32): a verdict computed twice from the same data is the same. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UINT32_END
  }
}

/** One draw from Beta(a, b); a, b > 0. */
export function drawBeta(random: Random, a: number, b: number): number {
  const x = drawGamma(random, a)
  return x / (x + drawGamma(random, b))
}

/**
 * One draw from Gamma(shape, 1) by the method of Marsaglia and Tsang (2000): a transformed normal is accepted nearly
 * always. @param shape 1 or more: all that the callers need.
 */
export function drawGamma(random: Random, shape: number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = drawNormal(random)
    const v = (1 + c * normal) ** 3
    if (v <= 0) continue
    // 1 − u is never 0, whose logarithm is none.
    const u = 1 - random()
    if (Math.log(u) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Standard normal (Box and Muller). */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
