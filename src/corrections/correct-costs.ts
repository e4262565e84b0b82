import { isDeepStrictEqual } from 'node:util'
import type { Ledger } from '../ledger/ledger.ts'
import {
  countCostCorrections,
  findCostCorrection,
  insertCostCorrection,
  keepCostRows,
  type StoredCostCorrection,
} from '../store/cost-corrections.ts'
import { loadRates } from '../store/currency-rates.ts'
import { appendToOutbox } from '../store/ledger-outbox.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import type { OwnedId } from '../store/owned.ts'
import { isValueError } from '../store/store-error.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { CatchUp } from './catch-up.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import { type CostAnswer, type CostPreview, type CostRefusal, toCostAnswer } from './cost-answer.ts'
import { breakDownCosts, toParts } from './cost-breakdown.ts'
import { loadCostGroups } from './cost-groups.ts'
import { costLock, oldestUndoable } from './cost-order.ts'
import type { CostRequest } from './cost-request.ts'
import { type CostPlan, planCosts } from './plan-costs.ts'
import { planUndo, type UndoPreview, type UndoResult, undoCosts } from './undo-costs.ts'

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
 * Corrects what visits have cost, by rows that add the differences to what they cost now; and takes such a correction
 * back, by rows that add the opposite.
 *
 * One at a time, and each after the ledger has the rows of the one before: two that read the same present cost would
 * both make up the difference. Of several processes the one that writes second finds that another was applied since
 * it read, and plans anew.
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
    if (!planned.ok) return planned
    const { answer, groups, plan } = planned
    const breakdown = breakDownCosts(toParts(groups, plan.differences), request.timeZone)
    return { ok: true, answer, breakdown }
  }

  /**
   * Applies the correction once: sent again with its key, it gets the first answer.
   * @throws as `preview`
   */
  async apply(sent: Sent, request: CostRequest): Promise<CostResult> {
    return await this.#alone(() => this.#applyAlone(sent, request))
  }

  /**
   * What taking a correction back would do.
   * @throws as `preview`
   */
  async previewUndo(key: OwnedId): Promise<UndoPreview> {
    return await planUndo(this.#options, key)
  }

  /**
   * Takes a correction back once: asked again, the first answer comes again.
   * @throws as `preview`
   */
  async undo(key: OwnedId, actor: string): Promise<UndoResult> {
    return await this.#alone(() => undoCosts(this.#options, key, actor))
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work)
    this.#last = run.catch(() => undefined)
    return await run
  }

  async #applyAlone(sent: Sent, request: CostRequest): Promise<CostResult> {
    const { store } = this.#options
    for (let plans = 0; plans < CORRECTION_LIMITS.costPlansMax; plans += 1) {
      const known = await findKnown(store, sent, request)
      if (known !== undefined) return known
      const corrections = await countCostCorrections(store.db, sent.workspace)
      const planned = await this.#plan(sent.workspace, request)
      if (!planned.ok) return planned
      try {
        const correction = await this.#write({ sent, request, corrections, ...planned })
        if (correction !== undefined) return { ok: true, correction }
      } catch (error) {
        // Another process has applied it meanwhile.
        const applied = isValueError(error) ? await findKnown(store, sent, request) : undefined
        if (applied === undefined) throw error
        return applied
      }
    }
    return { ok: false, reason: 'busy' }
  }

  /** @returns undefined when there are more corrections than the plan knows of */
  async #write(write: Write): Promise<StoredCostCorrection | undefined> {
    const { store, clock } = this.#options
    const { sent, request, answer, plan } = write
    const amountMicros = plan.costAfterMicros - plan.costBeforeMicros
    const record = {
      ...sent,
      request,
      answer,
      amountMicros,
      rows: plan.rows.length,
      undoes: null,
      n: write.corrections,
    }
    return await store.db.transaction().execute(async (db) => {
      await lockKeys(db, store.engine, [costLock(sent.workspace)])
      if ((await countCostCorrections(db, sent.workspace)) !== write.corrections) return undefined
      await appendToOutbox(db, plan.rows)
      const correction = await insertCostCorrection(db, record, clock())
      await keepCostRows(db, correction, plan.rows, oldestUndoable(clock()))
      return correction
    })
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
    const { plan } = planned
    const answer = toCostAnswer({
      visits: plan.visits,
      beforeMicros: plan.costBeforeMicros,
      differenceMicros: plan.costAfterMicros - plan.costBeforeMicros,
      rows: plan.rows.length,
      currency: workspace.currency,
      dimensions: found.dimensions,
    })
    return { ok: true, plan, groups: found.groups, answer } as const
  }
}

type Write = {
  readonly sent: Sent
  readonly request: CostRequest
  readonly answer: CostAnswer
  readonly plan: CostPlan
  /** How many the workspace had when it was planned. */
  readonly corrections: number
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
