import { z } from 'zod'
import { conversionsByIds } from '../store/advertiser-conversions.ts'
import { createJob, getJob, type JobHandler } from '../store/jobs.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { OwnedId } from '../store/owned.ts'
import {
  countReconciliationOutcomes,
  countReconciliationRows,
  getReconciliation,
  listReconciliationRows,
  markReconciliationApplied,
  type ReconciliationRow,
  saveReconciliationOutcomes,
} from '../store/reconciliations.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { ConfigurationCache } from './configuration-cache.ts'
import { RECONCILE_LIMITS } from './reconcile-limits.ts'
import type { ReconcileDeps } from './reconcile-preview.ts'
import { type Applying, applyKnownRow, type RowDeps, type RowOutcome } from './reconcile-row.ts'
import { recordUnknownRows, type UnknownDeps } from './reconcile-unknown.ts'

export const RECONCILIATION_JOB = 'reconciliation'

/** What of a reconciliation is to be done. */
export type Wishes = z.infer<typeof wishesSchema>
const wishesSchema = z.object({
  approveFound: z.boolean(),
  applyDifferent: z.boolean(),
  rejectMissing: z.boolean(),
  recordUnknown: z.boolean(),
  confirmPayoutAboveRevenue: z.boolean(),
})

/**
 * Has rows applied by a job. While one is under way it is named again; after it, one with other wishes does rows that
 * are left.
 * @returns undefined when the workspace has no such reconciliation.
 */
export async function applyReconciliation(
  { store, clock }: ReconcileDeps,
  wanted: OwnedId & { readonly actor: string; readonly wishes: Wishes },
): Promise<{ readonly jobId: string; readonly isNew: boolean } | undefined> {
  const { workspace, id, actor, wishes } = wanted
  return await inTransaction(store.db, async (db) => {
    // Two at once: the second waits here, and finds the job of the first.
    await lockKeys(db, store.engine, [`reconciliation:${id}`])
    const reconciliation = await getReconciliation(db, { workspace, id })
    if (reconciliation === undefined) return undefined
    const { jobId } = reconciliation
    if (jobId !== '' && (await isUnderWay(db, { workspace, id: jobId }))) return { jobId, isNew: false }
    const now = clock()
    const total = await countReconciliationRows(db, id, { kinds: kindsOf(wishes), isOpen: true })
    const params = { reconciliationId: id, ...wishes }
    const job = await createJob(db, { workspace, kind: RECONCILIATION_JOB, params, actor, total }, now)
    await markReconciliationApplied(db, { workspace, id, jobId: job.id }, now)
    return { jobId: job.id, isNew: true }
  })
}

async function isUnderWay(db: Db, job: OwnedId): Promise<boolean> {
  const state = (await getJob(db, job))?.state
  return state === 'waiting' || state === 'running'
}

function kindsOf(wishes: Wishes): readonly ReconciliationRow['kind'][] {
  return [
    ...(wishes.approveFound ? (['found'] as const) : []),
    ...(wishes.applyDifferent ? (['different'] as const) : []),
    ...(wishes.rejectMissing ? (['missing'] as const) : []),
    ...(wishes.recordUnknown ? (['unknown'] as const) : []),
  ]
}

const paramsSchema = wishesSchema.extend({ reconciliationId: z.string() })
const cursorSchema = z.object({ n: z.int(), done: z.int(), failed: z.int() })
const START: z.infer<typeof cursorSchema> = { n: 0, done: 0, failed: 0 }

/**
 * Applies the rows batch by batch. What a batch did before a crash is not done again: a conversion that has the status
 * and amounts already stays as it is, and a hit that was judged keeps its answer.
 */
export function createReconciliationJob(deps: RowDeps & UnknownDeps): JobHandler {
  const cache = new ConfigurationCache()
  return async (job, step) => {
    const { reconciliationId, ...wishes } = paramsSchema.parse(job.params)
    const { db } = deps.store
    const reconciliation = await getReconciliation(db, { workspace: job.workspace, id: reconciliationId })
    if (reconciliation === undefined) throw new Error('the reconciliation is gone')
    const kinds = kindsOf(wishes)
    let cursor = job.cursor === null ? START : cursorSchema.parse(job.cursor)
    while (kinds.length > 0) {
      const page = { after: cursor.n, limit: RECONCILE_LIMITS.batchRowsMax }
      const rows = await listReconciliationRows(db, reconciliationId, { kinds, isOpen: true }, page)
      const last = rows.at(-1)
      if (last === undefined) break
      const configuration = await cache.load(db)
      const { confirmPayoutAboveRevenue } = wishes
      const applying = { reconciliation, configuration, actor: job.actor, confirmPayoutAboveRevenue }
      const outcomes = await applyRows(deps, applying, rows, job.createdAt)
      await saveReconciliationOutcomes(db, reconciliationId, outcomes)
      const failed = outcomes.filter(({ outcome }) => !WENT_WELL.has(outcome)).length
      cursor = { n: last.n, done: cursor.done + rows.length, failed: cursor.failed + failed }
      await step.progress({ done: cursor.done, failed: cursor.failed, total: job.total, cursor })
    }
    return { result: await countReconciliationOutcomes(db, reconciliationId) }
  }
}

const WENT_WELL: ReadonlySet<string> = new Set([
  'approved',
  'rejected',
  'trash',
  'changed',
  'unchanged',
  'recorded',
  'updated',
  'duplicate',
])

async function applyRows(
  deps: RowDeps & UnknownDeps,
  applying: Applying,
  rows: readonly ReconciliationRow[],
  at: number,
): Promise<readonly RowOutcome[]> {
  const unknown = rows.filter(({ kind }) => kind === 'unknown')
  const known = rows.filter(({ kind }) => kind !== 'unknown')
  const ids = known.map(({ conversionId }) => conversionId)
  const conversions = await conversionsByIds(deps.store.db, applying.reconciliation.workspace, ids)
  const outcomes = [...(await recordUnknownRows(deps, applying, unknown, at))]
  for (const row of known) {
    outcomes.push(await applyKnownRow(deps, applying, row, conversions.get(row.conversionId)))
  }
  return outcomes
}
