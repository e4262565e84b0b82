import type { LedgerRow } from '../domain/ledger-row.ts'
import type { VisitChange } from '../domain/visit-change.ts'
import { findInLedger } from '../ledger/find-in-ledger.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Job, JobHandler } from '../store/jobs.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import { insertVisitUpdates } from '../store/visit-updates.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import { buildHoursQuery, buildPageQuery, buildTouchedQuery, type FraudRequest } from './fraud-query.ts'

/** Kind of the job. */
export const FRAUD_RERUN_JOB = 'fraud_rerun'

export type FraudPreview = {
  /** Visits that would change. */
  readonly visits: number
  /** Of those, how many are bots, and how many would be. */
  readonly botsBefore: number
  readonly botsAfter: number
  /** What these visits cost, decimal string, and how many conversions they have: neither changes. */
  readonly cost: string
  readonly conversions: number
  /** Some of the visits as they are. */
  readonly sample: readonly LedgerRow[]
}

type Hour = {
  /** Unix seconds. */
  readonly hour_start: number
  readonly matched: number
  readonly bots: number
  readonly reverted: number
}
type Matched = { readonly click_id: string; readonly is_bot: string }

/**
 * What a re-run would do.
 * @throws ReportRequestError for filters that are none; LedgerUnavailableError
 */
export async function previewFraudRerun(
  ledger: Pick<Ledger, 'query' | 'lookUp'>,
  workspace: string,
  request: FraudRequest,
): Promise<FraudPreview> {
  const hours = await loadHours(ledger, workspace, request)
  const [visits, bots, reverted] = [total(hours, 'matched'), total(hours, 'bots'), total(hours, 'reverted')]
  const touched = buildTouchedQuery(workspace, request)
  const [sums] = await ledger.query<{ spent: string; converted: number }>(touched.sql, touched.params)
  const afterMark = request.markAsBot ? visits : bots
  return {
    visits,
    botsBefore: bots,
    botsAfter: request.undo ? bots - reverted : afterMark,
    cost: sums?.spent ?? '0',
    conversions: sums?.converted ?? 0,
    sample: await loadSample(ledger, workspace, request, hours[0]),
  }
}

async function loadSample(
  ledger: Pick<Ledger, 'query' | 'lookUp'>,
  workspace: string,
  request: FraudRequest,
  hour: Hour | undefined,
): Promise<readonly LedgerRow[]> {
  if (hour === undefined) return []
  const page = { hourStart: hour.hour_start, after: '', limit: CORRECTION_LIMITS.sampleMax }
  const { sql, params } = buildPageQuery(workspace, request, page)
  const clickIds = (await ledger.query<Matched>(sql, params)).map((row) => row.click_id)
  const found = await findInLedger(ledger, clickIds)
  return clickIds.flatMap((clickId) => found.get(clickId)?.visit ?? [])
}

async function loadHours(
  ledger: Pick<Ledger, 'query'>,
  workspace: string,
  request: FraudRequest,
): Promise<readonly Hour[]> {
  const { sql, params } = buildHoursQuery(workspace, request)
  return await ledger.query<Hour>(sql, params)
}

/** Everything before (hour, click id) is done. */
type Cursor = { readonly hourStart: number; readonly after: string }
const FIRST: Cursor = { hourStart: 0, after: '' }

/**
 * Writes an update for every matching visit, hour by hour in pages; the corrector brings them into the ledger. A page
 * that is done again after a crash writes the same updates, which are known by job and click id.
 */
export function createFraudRerunJob(options: {
  readonly store: Store
  readonly ledger: Pick<Ledger, 'query'>
  /** Unix milliseconds. */
  readonly clock: () => number
}): JobHandler {
  return async (job, step) => {
    // As the API wrote them (api/fraud.ts).
    const request = job.params as FraudRequest
    const cursor = (job.cursor as Cursor | null) ?? FIRST
    const hours = await loadHours(options.ledger, job.workspace, request)
    const left = hours.filter((hour) => hour.hour_start >= cursor.hourStart)
    let { done } = job
    // Counted once: what was marked before a restart may be in the ledger by now, and is not found again.
    const expected = job.total > 0 ? job.total : total(hours, 'matched')
    for (const { hour_start: hourStart } of left) {
      let after = hourStart === cursor.hourStart ? cursor.after : ''
      for (;;) {
        step.signal.throwIfAborted()
        const page = { hourStart, after, limit: CORRECTION_LIMITS.rerunPageMax }
        const { sql, params } = buildPageQuery(job.workspace, request, page)
        const visits = await options.ledger.query<Matched>(sql, params)
        await mark(options, job, visits)
        done += visits.length
        after = visits.at(-1)?.click_id ?? after
        const progress = { done, total: Math.max(expected, done), failed: 0 }
        await step.progress({ ...progress, cursor: { hourStart, after } })
        if (visits.length < CORRECTION_LIMITS.rerunPageMax) break
      }
    }
    return { result: { visits: done } }
  }
}

async function mark(
  { store, clock }: { readonly store: Store; readonly clock: () => number },
  job: Job,
  visits: readonly Matched[],
): Promise<void> {
  if (visits.length === 0) return
  const request = job.params as FraudRequest
  const { workspace } = job
  const at = clock()
  const updates = visits.map(({ click_id: clickId, is_bot: bot }) => ({
    id: `${job.id}:${clickId}`,
    workspace,
    clickId,
    at,
    change: changeOf(request, bot),
  }))
  await store.db.transaction().execute(async (db) => {
    await lockKeys(
      db,
      store.engine,
      visits.map((visit) => visit.click_id),
    )
    await insertVisitUpdates(db, updates)
  })
}

/** A visit that is a bot for another reason stays one for that reason. */
function changeOf({ flag, markAsBot, undo }: FraudRequest, bot: string): VisitChange {
  if (undo) return { removeFlags: [flag], ...(bot === flag && { bot: '' }) }
  return { addFlags: [flag], ...(markAsBot && bot === '' && { bot: flag }) }
}

function total(hours: readonly Hour[], name: 'matched' | 'bots' | 'reverted'): number {
  return hours.reduce((sum, hour) => sum + hour[name], 0)
}
