import type { OptimizationMetric } from './flow.ts'
import { drawBeta, drawGamma, type Random } from './random-draws.ts'

/** What an arm of a split test has seen: a path, a lander, an offer. Counts are sums over the ledger. */
export type SplitArm = {
  readonly id: string
  readonly visits: number
  readonly clicks: number
  readonly conversions: number
  readonly revenueMicros: number
}

export type SplitVerdict = {
  readonly id: string
  /** Middle of what the metric is believed to be: a rate, or micros for each visit or click. */
  readonly mean: number
  /** It lies between these with a probability of 95 %. */
  readonly low: number
  readonly high: number
  /** That no other arm is better. */
  readonly probabilityBest: number
}

/** Draws of each arm: a probability is right to about 1 %, for 50 arms in some 50 ms. */
const DRAWS = 4_000
const TAIL = 0.025

/**
 * What is believed of the arms after what they have seen, by Bayes: a rate is Beta(1 + successes, 1 + failures), since
 * before any visit every rate is as likely as another. Money for each visit is a conversion rate times the worth of a
 * conversion, which is taken to be exponential, with one conversion of average worth known beforehand, so that an arm
 * without a conversion is neither hopeless nor a sure winner.
 * @param random seeded, so that the same data gives the same verdict (createSeededRandom).
 */
export function judgeSplit(
  metric: OptimizationMetric,
  arms: readonly SplitArm[],
  random: Random,
): readonly SplitVerdict[] {
  const worth = averageWorth(arms)
  const samples = arms.map((arm) =>
    Float64Array.from({ length: DRAWS }, () => draw(metric, arm, { worth, random })),
  )
  const wins = countWins(samples)
  return arms.map(({ id }, index) => ({
    id,
    ...summary(samples[index]),
    probabilityBest: (wins[index] ?? 0) / DRAWS,
  }))
}

/**
 * Weights that give each arm the share of visitors that is its probability to be the best (Thompson sampling), but
 * never less than the floor. They sum up to 100. A floor that all arms together can not have is lowered.
 */
export function weightsOf(
  verdicts: readonly SplitVerdict[],
  floorPercent: number,
): ReadonlyMap<string, number> {
  const floor = Math.min(floorPercent, 100 / Math.max(verdicts.length, 1))
  const above = 100 - floor * verdicts.length
  return new Map(verdicts.map(({ id, probabilityBest }) => [id, floor + above * probabilityBest]))
}

type Belief = { readonly worth: number; readonly random: Random }

function draw(metric: OptimizationMetric, arm: SplitArm, { worth, random }: Belief): number {
  switch (metric) {
    case 'ctr':
      return drawRate(random, arm.clicks, arm.visits)
    case 'cv':
      return drawRate(random, arm.conversions, arm.visits)
    case 'cr':
      return drawRate(random, arm.conversions, arm.clicks)
    case 'epv':
      return drawRate(random, arm.conversions, arm.visits) * drawWorth(random, arm, worth)
    case 'epc':
      return drawRate(random, arm.conversions, arm.clicks) * drawWorth(random, arm, worth)
  }
}

/** A visit may convert more than once (upsells), so that there may be more successes than trials. */
function drawRate(random: Random, successes: number, trials: number): number {
  const won = Math.max(successes, 0)
  return drawBeta(random, 1 + won, 1 + Math.max(trials - won, 0))
}

/** The mean of exponential values whose sum is known: the sum over a gamma of their number. */
function drawWorth(random: Random, arm: SplitArm, worth: number): number {
  const conversions = Math.max(arm.conversions, 0)
  return (Math.max(arm.revenueMicros, 0) + worth) / drawGamma(random, conversions + 2)
}

function averageWorth(arms: readonly SplitArm[]): number {
  const conversions = arms.reduce((sum, arm) => sum + Math.max(arm.conversions, 0), 0)
  const revenue = arms.reduce((sum, arm) => sum + Math.max(arm.revenueMicros, 0), 0)
  return conversions === 0 ? 0 : revenue / conversions
}

/** Arms that draw the same share the win: with nothing known of money all are worth 0. */
function countWins(samples: readonly Float64Array[]): readonly number[] {
  const wins = samples.map(() => 0)
  for (let n = 0; n < DRAWS; n += 1) {
    const best = Math.max(...samples.map((sample) => sample[n] ?? 0))
    const winners = samples.flatMap((sample, index) => (sample[n] === best ? [index] : []))
    for (const index of winners) wins[index] = (wins[index] ?? 0) + 1 / winners.length
  }
  return wins
}

function summary(sample: Float64Array | undefined): Pick<SplitVerdict, 'mean' | 'low' | 'high'> {
  const sorted = (sample ?? new Float64Array()).toSorted()
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(sorted.length, 1)
  return { mean, low: at(TAIL), high: at(1 - TAIL) }
}
