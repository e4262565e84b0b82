import { cancelStep } from '../store/delivery-bulk.ts'
import type { JobHandler } from '../store/jobs.ts'
import { type BulkJobDeps, createBulkJob } from './bulk-job.ts'

export const CANCEL_JOB = 'cancel_deliveries'
/** Reason of a delivery that a person cancelled, by itself or with others. */
export const CANCELLED_BY_HAND = 'cancelled_by_hand'

/** Cancels what a filter names and waits. */
export function createCancelJob(deps: BulkJobDeps): JobHandler {
  return createBulkJob(deps, {
    step: (step) => cancelStep(deps.db, { ...step, reason: CANCELLED_BY_HAND }),
    onChange: () => {},
  })
}
