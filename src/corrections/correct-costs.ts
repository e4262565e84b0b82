import { isDeepStrictEqual } from 'node:util'
import { toDecimalString } from '../domain/money.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { ReportFilter } from '../reports/report-request.ts'
import {
  findCostCorrection,
  insertCostCorrection,
  type StoredCostCorrection,
} from '../store/cost-corrections.ts'
import { loadRates } from '../store/currency-rates.ts'
import { appendToOutbox } from '../store/ledger-outbox.ts'
import type { Store } from '../store/open-store.ts'
import { isValueError } from '../store/store-error.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { CatchUp } from './catch-up.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import type { CorrectionRange } from './correction-range.ts'
import { loadCostGroups } from './cost-groups.ts'
import { type CostMode, type CostPlan, planCosts } from './plan-costs.ts'

/** What visits have cost, as somebody knows better than the ledger. Plain JSON: it is kept with its answer. */
export type CostRequest = {
  readonly range: CorrectionRange
  /** IANA name. */
  readonly timeZone: string
  readonly filters: readonly ReportFilter[]
  readonly mode: CostMode
  /** Micros of the currency; of a percent, too. */
  readonly amountMicros: number
  /** ISO 4217. */
  readonly currency: string
  /** Only unique visits count as visits. */
  readonly onlyUnique: boolean
}

/** Money as decimal strings in the workspace's currency. */
export type CostAnswer = {
  readonly visits: number
  readonly costBefore: string
  readonly costAfter: string
  /** What is added; negative when costs go down. */
  readonly difference: string
  readonly currency: string
  /** Rows for the ledger. */
  readonly rows: number
  /** What the new cost can be told apart by in reports, as the old can. */
  readonly dimensions: readonly string[]
}

export type CostRefusal = {
  readonly ok: false
  readonly reason: 'no_visits' | 'no_rate' | 'too_large' | 'too_many_groups' | 'key_used'
}
export type CostPreview = { readonly ok: true; readonly answer: CostAnswer } | CostRefusal
export type CostResult = { readonly ok: true; readonly correction: StoredCostCorrection } | CostRefusal

export type CostsOptions = {
  readonly store: Store
  readonly ledger: Pick<Ledger, 'query'>
  readonly catchUp: CatchUp
  /** Unix milliseconds. */
  readonly clock: () => number
}

type Sent = { readonly workspace: string; readonly key: string; readonly actor: string }

/**
 * Corrects what visits have cost, by rows that add the differences to what they cost now.
 *
 * One at a time, and each after the ledger has the rows of the one before: two that read the same present cost would
 * both make up the difference.
 */
export class CostCorrector {
  readonly #options: CostsOptions
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: CostsOptions) {
    this.#options = options
  }

  /**
   * What the correction would do.
   * @throws ReportRequestError, LedgerUnavailableError; a TimeoutError when the ledger is too far behind
   */
  async preview(workspace: string, request: CostRequest): Promise<CostPreview> {
    const planned = await this.#plan(workspace, request)
    return planned.ok ? { ok: true, answer: planned.answer } : planned
  }

  /**
   * Applies the correction once: sent again with its key, it gets the first answer.
   * @throws as `preview`
   */
  async apply(sent: Sent, request: CostRequest): Promise<CostResult> {
    const run = this.#last.then(() => this.#applyAlone(sent, request))
    this.#last = run.catch(() => undefined)
    return await run
  }

  async #applyAlone(sent: Sent, request: CostRequest): Promise<CostResult> {
    const { store, clock } = this.#options
    const known = await findKnown(store, sent, request)
    if (known !== undefined) return known
    const planned = await this.#plan(sent.workspace, request)
    if (!planned.ok) return planned
    const { answer, plan } = planned
    const amountMicros = plan.costAfterMicros - plan.costBeforeMicros
    const record = { ...sent, request, answer, amountMicros, rows: plan.rows.length }
    try {
      const correction = await store.db.transaction().execute(async (db) => {
        await appendToOutbox(db, plan.rows)
        return await insertCostCorrection(db, record, clock())
      })
      return { ok: true, correction }
    } catch (error) {
      // Another process has applied it meanwhile.
      const applied = isValueError(error) ? await findKnown(store, sent, request) : undefined
      if (applied === undefined) throw error
      return applied
    }
  }

  async #plan(workspaceId: string, request: CostRequest) {
    const { store, ledger, catchUp } = this.#options
    const workspace = await getWorkspace(store.db, workspaceId)
    const rates = await loadRates(store.db)
    const fromRateMicros = rates[request.currency]
    const toRateMicros = rates[workspace?.currency ?? '']
    if (workspace === undefined || fromRateMicros === undefined || toRateMicros === undefined)
      return { ok: false, reason: 'no_rate' } as const
    const signal = AbortSignal.timeout(CORRECTION_LIMITS.catchUpWaitMs)
    await catchUp(signal)
    const found = await loadCostGroups(ledger, { ...request, workspace: workspaceId }, signal)
    if (found === undefined) return { ok: false, reason: 'too_many_groups' } as const
    const { mode, amountMicros } = request
    const amount = { mode, amountMicros, fromRateMicros, toRateMicros }
    const planned = planCosts(found.groups, amount, workspaceId)
    if (!planned.ok) return planned
    const answer = toAnswer(planned.plan, workspace.currency, found.dimensions)
    return { ok: true, plan: planned.plan, answer } as const
  }
}

async function findKnown(
  store: Store,
  { workspace, key }: Sent,
  request: CostRequest,
): Promise<CostResult | undefined> {
  const correction = await findCostCorrection(store.db, workspace, key)
  if (correction === undefined) return undefined
  return isDeepStrictEqual(correction.request, request)
    ? { ok: true, correction }
    : { ok: false, reason: 'key_used' }
}

function toAnswer(plan: CostPlan, currency: string, dimensions: readonly string[]): CostAnswer {
  const { visits, costBeforeMicros, costAfterMicros } = plan
  return {
    visits,
    costBefore: toDecimalString(costBeforeMicros),
    costAfter: toDecimalString(costAfterMicros),
    difference: toDecimalString(costAfterMicros - costBeforeMicros),
    currency,
    rows: plan.rows.length,
    dimensions,
  }
}
