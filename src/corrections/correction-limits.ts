import { LOOKUP_IDS_MAX } from '../ledger/limits.ts'

/** Every bound of corrections, by name. */
export const CORRECTION_LIMITS = {
  /** Updates of visits in one transaction: their rows are read by one look-up, and hits of these visits wait for it. */
  updatesMax: LOOKUP_IDS_MAX,
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
  /** Rows of one cost correction: they are written in one transaction, for which hits wait. */
  costGroupsMax: 10_000,
  /** Lines by campaign and day that a preview of costs tells; the others are counted. */
  costLinesMax: 100,
  /** How long a correction of costs can be undone: so long its rows are kept. */
  costUndoDays: 30,
  /** Later corrections that are read at once, to find those that count on one. */
  laterCostsPage: 200,
  /** How often a correction is planned anew because another process applied one meanwhile. */
  costPlansMax: 5,
  /** Days of one correction: with an hour each, below the groups. */
  rangeDaysMax: 366,
  /** Visits that one step of a re-run marks: one transaction, with a lock for each. */
  rerunPageMax: 500,
  /** Visits of one re-run; more are asked for by shorter ranges. */
  rerunVisitsMax: 2_000_000,
  /** Visits shown in a preview. */
  sampleMax: 20,
} as const
