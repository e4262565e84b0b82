import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { TARGET_SYSTEMS } from '../domain/target-systems/target-system.ts'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import type { BulkStep, BulkStepResult } from '../store/delivery-bulk.ts'
import type { Job, JobHandler } from '../store/jobs.ts'
import type { Db } from '../store/transaction.ts'

/** Rows looked at in one step, which is one short transaction: others write between two of them. */
const STEP_ROWS = 1_000

export type BulkJobDeps = {
  readonly db: Db
  /** Unix milliseconds. */
  readonly clock: () => number
}

const filterSchema = z
  .object({
    states: z.array(z.enum(DELIVERY_STATES)),
    targetId: z.string(),
    affiliateId: z.string(),
    conversionId: z.string(),
    clickId: z.string(),
    host: z.string(),
    system: z.enum([...TARGET_SYSTEMS, '']),
    type: z.string(),
    reason: z.string(),
    text: z.string(),
    event: z.string(),
    status: z.enum(CONVERSION_STATUSES),
    responseStatus: z.object({ from: z.int(), to: z.int() }),
    error: z.string(),
    attemptsMin: z.int(),
    createdFrom: z.int(),
    createdTo: z.int(),
    updatedFrom: z.int(),
    updatedTo: z.int(),
    dueFrom: z.int(),
    dueTo: z.int(),
  })
  .partial()

const paramsSchema = z.object({ filter: filterSchema })
const cursorSchema = z.object({
  after: z.object({ at: z.int(), id: z.string() }).nullable(),
  done: z.int(),
  /** Every step is done; its end alone is missing. */
  isWalked: z.boolean(),
})

type BulkJob = {
  readonly step: (step: BulkStep) => Promise<BulkStepResult>
  /** After each step that changed something. */
  readonly onChange: () => void
}

/**
 * A job that walks over the deliveries of a filter, oldest first, and changes those of one step in one statement.
 * It holds one step in memory, however many match. After a restart it goes on behind the last step whose end was
 * written; the one that was interrupted is done again, so steps change nothing twice.
 */
export function createBulkJob({ clock }: BulkJobDeps, bulk: BulkJob): JobHandler {
  return async (job, step) => {
    const common = {
      workspace: job.workspace,
      filter: paramsSchema.parse(job.params).filter,
      orderedAt: job.createdAt,
      rows: STEP_ROWS,
    }
    let at = readCursor(job)
    while (!at.isWalked) {
      step.signal.throwIfAborted()
      const { changed, next } = await bulk.step({ ...common, after: at.after, now: clock() })
      if (changed > 0) bulk.onChange()
      at = { after: next, done: at.done + changed, isWalked: next === null }
      await step.progress({ done: at.done, total: totalOf(job, at), failed: 0, cursor: at })
    }
    return { result: { changed: at.done } }
  }
}

type Cursor = z.infer<typeof cursorSchema>

/** Told at the start when few enough matched to be counted. What others change meanwhile is left out at the end. */
function totalOf({ total }: Job, { done, isWalked }: Cursor): number {
  if (isWalked) return done
  return total === 0 ? 0 : Math.max(total, done)
}

function readCursor(job: Job): Cursor {
  return job.cursor === null ? { after: null, done: 0, isWalked: false } : cursorSchema.parse(job.cursor)
}
