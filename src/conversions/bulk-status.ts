import { z } from 'zod'
import { CONVERSION_STATUSES, type ConversionStatus } from '../domain/conversion-types.ts'
import type { ConversionFilter } from '../store/conversion-filter.ts'
import { listConversions } from '../store/conversions.ts'
import { CONVERSIONS_COUNTED_MAX, countConversions } from '../store/count-conversions.ts'
import { createJob, type JobHandler } from '../store/jobs.ts'
import type { Store } from '../store/open-store.ts'
import type { StatusChange, StatusChanger } from './change-status.ts'

/** More are changed by a job. */
export const BULK_STATUS_MAX = 1_000
export const BULK_STATUS_JOB = 'bulk_status'
/** One step of the job. */
const PAGE_SIZE = 100

export type BulkStatusDeps = {
  readonly store: Store
  readonly changeStatus: StatusChanger
  /** Unix milliseconds. */
  readonly clock: () => number
}

type Wanted = Omit<StatusChange, 'id'>

export type BulkStatusResult = {
  readonly id: string
  readonly changed: boolean
  /** Why it was not changed. */
  readonly reason: string
}

/** Changes the status of each, in a transaction of its own; one that is refused holds up no other. */
export async function changeStatuses(
  deps: Pick<BulkStatusDeps, 'changeStatus'>,
  ids: readonly string[],
  wanted: Wanted,
): Promise<readonly BulkStatusResult[]> {
  const results: BulkStatusResult[] = []
  for (const id of new Set(ids)) {
    const result = await deps.changeStatus({ ...wanted, id })
    results.push({ id, changed: result.ok, reason: result.ok ? '' : result.reason })
  }
  return results
}

/** Changes all that the filter names: at once, or by a job when they are more than BULK_STATUS_MAX. */
export async function changeFilteredStatuses(
  deps: BulkStatusDeps,
  filter: ConversionFilter,
  wanted: Wanted,
): Promise<{ readonly results: readonly BulkStatusResult[] } | { readonly jobId: string }> {
  const { workspace, actor, status, reason } = wanted
  const { db } = deps.store
  const now = deps.clock()
  const total = await countConversions(db, workspace, filter, { until: now })
  if (total > BULK_STATUS_MAX) {
    const params = { filter, status, reason }
    const job = await createJob(db, { workspace, kind: BULK_STATUS_JOB, params, actor, total }, now)
    return { jobId: job.id }
  }
  const ids: string[] = []
  for await (const page of pagesOf(db, { workspace, filter, until: now })) ids.push(...page.ids)
  return { results: await changeStatuses(deps, ids, wanted) }
}

type Selection = {
  readonly workspace: string
  readonly filter: ConversionFilter
  /** Leaves out what came later, Unix milliseconds. */
  readonly until: number
}

/** Newest first; a conversion that is changed leaves the filter, and the pages after it stay as they are. */
async function* pagesOf(
  db: Store['db'],
  { workspace, filter, until }: Selection,
  from?: string,
): AsyncGenerator<{ readonly ids: readonly string[]; readonly next: string | null }> {
  let cursor = from
  for (;;) {
    const page = await listConversions(db, workspace, filter, { limit: PAGE_SIZE, cursor })
    const older = page.items.filter(({ createdAt }) => createdAt <= until)
    yield { ids: older.map(({ id }) => id), next: page.nextCursor }
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

const paramsSchema = z.object({
  filter: z.object({
    status: z.enum(CONVERSION_STATUSES).exactOptional(),
    event: z.string().exactOptional(),
    clickId: z.string().exactOptional(),
    campaignId: z.string().exactOptional(),
    trafficSourceId: z.string().exactOptional(),
    affiliateNetworkId: z.string().exactOptional(),
    offerId: z.string().exactOptional(),
    affiliateId: z.string().exactOptional(),
    advertiserId: z.string().exactOptional(),
    anyId: z.string().exactOptional(),
    createdFrom: z.number().exactOptional(),
    createdTo: z.number().exactOptional(),
  }),
  status: z.enum(CONVERSION_STATUSES),
  reason: z.string(),
})

const cursorSchema = z.object({
  /** Null when every page was done. */
  page: z.string().nullable(),
  changed: z.int(),
  refused: z.int(),
})
type Cursor = z.infer<typeof cursorSchema>

/**
 * Changes page by page what a filter names, without the conversions that came after the job. A page that is done
 * again after a crash changes nothing again: its conversions have the status already.
 */
export function createBulkStatusJob(deps: BulkStatusDeps): JobHandler {
  return async (job, step) => {
    const { filter, ...change } = paramsSchema.parse(job.params)
    const wanted: Wanted = { ...change, workspace: job.workspace, actor: job.actor }
    let at: Cursor | undefined = job.cursor === null ? undefined : cursorSchema.parse(job.cursor)
    if (at?.page === null) return { result: toResult(at, change.status) }
    const selection = { workspace: job.workspace, filter, until: job.createdAt }
    for await (const page of pagesOf(deps.store.db, selection, at?.page)) {
      const results = await changeStatuses(deps, page.ids, wanted)
      const changed = results.filter((result) => result.changed).length
      at = {
        page: page.next,
        changed: (at?.changed ?? 0) + changed,
        refused: (at?.refused ?? 0) + results.length - changed,
      }
      const done = at.changed + at.refused
      // One that was counted to the limit alone is known to be larger until that many are done, and then by nobody.
      const total = done > CONVERSIONS_COUNTED_MAX ? 0 : job.total
      const progress = { done, failed: at.refused, total }
      await step.progress({ ...progress, cursor: at })
    }
    return { result: toResult(at, change.status) }
  }
}

function toResult(at: Cursor | undefined, status: ConversionStatus) {
  return { status, changed: at?.changed ?? 0, refused: at?.refused ?? 0 }
}
