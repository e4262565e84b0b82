import { replayStep } from '../store/delivery-bulk.ts'
import type { JobHandler } from '../store/jobs.ts'
import { type BulkJobDeps, createBulkJob } from './bulk-job.ts'

export const REPLAY_JOB = 'replay_deliveries'

/** Makes what a filter names due again; the worker drains it fairly, so that other targets wait no longer for it. */
export function createReplayJob(deps: BulkJobDeps & { readonly wakeDelivery: () => void }): JobHandler {
  const { db, wakeDelivery } = deps
  return createBulkJob(deps, { step: (step) => replayStep(db, step), onChange: wakeDelivery })
}
