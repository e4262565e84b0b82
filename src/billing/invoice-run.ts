import { z } from 'zod'
import { BILLING_SIDES, type BillingSide } from '../domain/billing-types.ts'
import { countParties, partiesAfter } from '../store/balances.ts'
import { createJob, type Job, type JobHandler } from '../store/jobs.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { billParties } from './bill-parties.ts'
import type { BillingDeps } from './billing-deps.ts'
import { BILLING_LIMITS } from './billing-limits.ts'

export const INVOICE_RUN_JOB = 'invoice_run'

export type InvoiceRun = {
  readonly workspace: string
  readonly side: BillingSide
  /** What is due before, for every party; null: until the end of each one's own last period. */
  readonly untilMs: number | null
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

/** Drafts invoices of all parties that are due, by a job. */
export async function requestInvoiceRun(db: Db, run: InvoiceRun, now: number): Promise<Job> {
  const { workspace, side, untilMs, actor } = run
  const total = await countParties(db, run)
  return await createJob(
    db,
    { workspace, kind: INVOICE_RUN_JOB, params: { side, untilMs }, actor, total },
    now,
  )
}

const paramsSchema = z.object({ side: z.enum(BILLING_SIDES), untilMs: z.int().nullable() })
const cursorSchema = z.object({
  /** The last party that was looked at. */
  after: z.string(),
  done: z.int(),
  invoices: z.int(),
})

/**
 * Goes through all parties in the order of their ids. A step that is done again after a crash bills nothing again: its
 * parties have nothing due any more.
 */
export function createInvoiceRunJob(deps: BillingDeps): JobHandler {
  return async (job, step) => {
    const { side, untilMs } = paramsSchema.parse(job.params)
    const owner = await getWorkspace(deps.store.db, job.workspace)
    if (owner === undefined) throw new Error('the workspace is gone')
    // The time of the request: a period that ends while the job goes on is not taken for some parties alone.
    const billing = { owner, side, untilMs, nowMs: job.createdAt, actor: job.actor }
    const everybody = { workspace: job.workspace, side }
    const cursor = job.cursor === null ? undefined : cursorSchema.parse(job.cursor)
    let { after, done, invoices } = cursor ?? { after: '', done: 0, invoices: 0 }
    await deps.catchUp(AbortSignal.any([step.signal, AbortSignal.timeout(BILLING_LIMITS.catchUpWaitMs)]))
    for (;;) {
      const max = BILLING_LIMITS.partiesPerStep
      const parties = await partiesAfter(deps.store.db, everybody, { after, max })
      const last = parties.at(-1)
      if (last === undefined) return { result: { side, invoices } }
      invoices += await billParties(deps, billing, parties)
      after = last.id
      done += parties.length
      const progress = { done, failed: 0, total: Math.max(job.total, done) }
      await step.progress({ ...progress, cursor: { after, done, invoices } })
    }
  }
}
