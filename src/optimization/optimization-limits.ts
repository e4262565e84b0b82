/** Every limit and wait of the optimisation. */
export const OPTIMIZATION_LIMITS = {
  /** Between two rounds: weights follow within a minute or so. */
  roundMs: 60_000,
  retryMinMs: 5_000,
  retryMaxMs: 60_000,
  reportTimeoutMs: 30_000,
  /** Weights that all lie within so many percent of those in force are not worth a new snapshot. */
  changePercentMin: 1,
} as const
