/** Every bound of corrections, by name. */
export const CORRECTION_LIMITS = {
  /** Updates of visits in one transaction: their rows are read at once, and hits of these visits wait for it. */
  updatesMax: 200,
  /** An update waits so long for others of its visit, e.g. several that one page sends. */
  updateSettleMs: 3_000,
  /** Pause while no update waits. */
  idleMs: 1_000,
  /** Pauses after a failure. */
  retryFirstMs: 200,
  retryMaxMs: 10_000,
  /** How often it is looked whether the ledger has what it must have. */
  catchUpPollMs: 50,
  /** How long a request waits for the ledger to have everything up to now. */
  catchUpWaitMs: 20_000,
} as const
