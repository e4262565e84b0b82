/** How many of how many. */
export type Share = { readonly count: number; readonly of: number }

/**
 * How surprising a share is after another one, in standard deviations: above 0 when it is larger. The signed root of
 * the likelihood ratio of two binomial samples, so that the uncertainty of both counts: two of three say little, and
 * nothing said before says nothing.
 */
export function shareSurprise(recent: Share, usual: Share): number {
  const together = (recent.count + usual.count) / (recent.of + usual.of)
  if (recent.of === 0 || usual.of === 0) return 0
  const ratio = shareGain(recent, together) + shareGain(usual, together)
  return signedRoot(ratio, recent.count / recent.of - usual.count / usual.of)
}

/**
 * The same for things that happen at a pace, e.g. conversions of so many visits: there may be more of them than
 * visits. Given how many there were altogether, how they fall on both samples is binomial (the conditional test of two
 * Poisson rates, Przyborowski and Wilenski 1940).
 */
export function paceSurprise(recent: Share, usual: Share): number {
  const total = recent.count + usual.count
  const exposure = recent.of + usual.of
  if (recent.of === 0 || usual.of === 0 || total === 0) return 0
  const part = recent.of / exposure
  const ratio = gain(recent.count, total * part) + gain(usual.count, total * (1 - part))
  return signedRoot(ratio, recent.count / recent.of - usual.count / usual.of)
}

function shareGain({ count, of }: Share, together: number): number {
  return gain(count, of * together) + gain(of - count, of * (1 - together))
}

/** By how much the count explains itself better than the expectation; a count of 0 needs no explanation. */
function gain(count: number, expected: number): number {
  return count === 0 ? 0 : count * Math.log(count / expected)
}

/** Rounding may leave a ratio a hair below 0. */
function signedRoot(logRatio: number, difference: number): number {
  return Math.sign(difference) * Math.sqrt(2 * Math.max(0, logRatio))
}
