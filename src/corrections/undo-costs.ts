import type { LedgerRow } from '../domain/ledger-row.ts'
import { parseAmount, toDecimalString } from '../domain/money.ts'
import { sum } from '../domain/sum.ts'
import { appendAudit } from '../store/audit-log.ts'
import {
  countCostCorrections,
  findCostUndo,
  getCostCorrection,
  insertCostCorrection,
  loadCostRows,
  type StoredCostCorrection,
} from '../store/cost-corrections.ts'
import { appendToOutbox } from '../store/ledger-outbox.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { OwnedId } from '../store/owned.ts'
import { isValueError } from '../store/store-error.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { CostsOptions } from './correct-costs.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import { type CostAnswer, toCostAnswer } from './cost-answer.ts'
import { breakDownCosts, type CostBreakdown, toParts } from './cost-breakdown.ts'
import { loadCostGroups } from './cost-groups.ts'
import { costLock, findDependent, oldestUndoable } from './cost-order.ts'
import { parseCostRequest } from './cost-request.ts'

export type UndoRefusal =
  | {
      readonly ok: false
      /** not_kept: too old, or from before corrections could be undone. */
      readonly reason: 'unknown' | 'is_undo' | 'not_kept' | 'too_many_groups' | 'key_used'
    }
  /** A later correction of the same visits counts on this one. */
  | { readonly ok: false; readonly reason: 'later'; readonly later: StoredCostCorrection }

export type UndoPreview =
  | { readonly ok: true; readonly answer: CostAnswer; readonly breakdown: CostBreakdown }
  | { readonly ok: true; readonly undone: StoredCostCorrection }
  | UndoRefusal

export type UndoResult = { readonly ok: true; readonly correction: StoredCostCorrection } | UndoRefusal

/**
 * What taking the correction back would do to what its visits cost now.
 * @throws LedgerUnavailableError; a TimeoutError when the ledger is too far behind
 */
export async function planUndo(options: CostsOptions, key: OwnedId): Promise<UndoPreview> {
  const { store, ledger, catchUp, clock } = options
  const found = await findUndoable(store.db, key, clock())
  if (!found.ok || 'undone' in found) return found
  const { correction, rows } = found
  const request = parseCostRequest(correction.request)
  const signal = AbortSignal.timeout(CORRECTION_LIMITS.catchUpWaitMs)
  await catchUp(signal)
  const groups = await loadCostGroups(ledger, { ...request, workspace: key.workspace }, signal)
  if (groups === undefined) return { ok: false, reason: 'too_many_groups' }
  const taken = rows.map(({ at, campaign_id: campaignId = '', cost }) => ({
    at,
    campaignId,
    visits: 0,
    beforeMicros: 0,
    differenceMicros: toMicros(cost),
  }))
  const workspace = await getWorkspace(store.db, key.workspace)
  const answer = toCostAnswer({
    visits: sum(groups.groups.map(({ visits }) => visits)),
    beforeMicros: sum(groups.groups.map(({ costMicros }) => costMicros)),
    differenceMicros: sum(taken.map(({ differenceMicros }) => differenceMicros)),
    rows: rows.length,
    currency: workspace?.currency ?? '',
    dimensions: groups.dimensions,
  })
  const parts = [...toParts(groups.groups, []), ...taken]
  return { ok: true, answer, breakdown: breakDownCosts(parts, request.timeZone) }
}

/**
 * Takes the correction back, and says so in the audit log. That nothing else has, that nothing counts on it and what it
 * added is looked up in the transaction that writes, under the lock of the workspace's costs: whatever comes at once,
 * it is taken back once. What had been taken back before is answered as it was then.
 * @throws as `planUndo`
 */
export async function undoCosts(options: CostsOptions, key: OwnedId, actor: string): Promise<UndoResult> {
  const { store, clock } = options
  const planned = await planUndo(options, key)
  if (!planned.ok) return planned
  if ('undone' in planned) return { ok: true, correction: planned.undone }
  try {
    return await store.db.transaction().execute(async (db) => {
      await lockKeys(db, store.engine, [costLock(key.workspace)])
      const found = await findUndoable(db, key, clock())
      if (!found.ok) return found
      if ('undone' in found) return { ok: true, correction: found.undone }
      const record = { ...found, answer: planned.answer, actor, now: clock() }
      return { ok: true, correction: await recordUndo(db, record) }
    })
  } catch (error) {
    if (!isValueError(error)) throw error
    // The key is the sender's to choose: somebody has chosen this one for another correction.
    return { ok: false, reason: 'key_used' }
  }
}

type UndoRecord = {
  readonly correction: StoredCostCorrection
  /** Those that take it back. */
  readonly rows: readonly LedgerRow[]
  readonly answer: CostAnswer
  readonly actor: string
  readonly now: number
}

/** Part of the transaction that found it undoable. */
async function recordUndo(db: Db, undo: UndoRecord): Promise<StoredCostCorrection> {
  const { correction, rows, answer, actor, now } = undo
  const { workspace, request, amountMicros } = correction
  await appendToOutbox(db, rows)
  const made = await insertCostCorrection(
    db,
    {
      workspace,
      key: `undo:${correction.id}`,
      request,
      answer,
      // Subtracted, as the opposite of nothing is not minus nothing.
      amountMicros: 0 - amountMicros,
      rows: rows.length,
      actor,
      undoes: correction.id,
      n: await countCostCorrections(db, workspace),
    },
    now,
  )
  const subject = { subjectType: 'cost_correction', subjectId: correction.id }
  const entry = { workspace, at: now, actor, action: 'cost_correction.undo', ...subject }
  await appendAudit(db, { ...entry, detail: { undo: made.id } })
  return made
}

type Undoable =
  /** The rows are those that take it back. */
  | { readonly ok: true; readonly correction: StoredCostCorrection; readonly rows: readonly LedgerRow[] }
  | { readonly ok: true; readonly undone: StoredCostCorrection }
  | UndoRefusal

async function findUndoable(db: Db, key: OwnedId, now: number): Promise<Undoable> {
  const correction = await getCostCorrection(db, key)
  if (correction === undefined) return { ok: false, reason: 'unknown' }
  if (correction.undoes !== null) return { ok: false, reason: 'is_undo' }
  const undone = await findCostUndo(db, key)
  if (undone !== undefined) return { ok: true, undone }
  const isOld = correction.createdAt < oldestUndoable(now)
  const rows = isOld ? undefined : await loadCostRows(db, correction.id)
  if (rows === undefined) return { ok: false, reason: 'not_kept' }
  const later = await findDependent(db, correction)
  if (later !== undefined) return { ok: false, reason: 'later', later }
  return { ok: true, correction, rows: rows.map(negate) }
}

function negate(row: LedgerRow): LedgerRow {
  return { ...row, cost: toDecimalString(0 - toMicros(row.cost)) }
}

/** @throws on anything that is no amount: rows are kept as they were written */
function toMicros(cost: string | undefined): number {
  const amount = parseAmount(cost ?? '')
  if (!amount.ok) throw new RangeError(`the cost of a kept row is ${amount.reason}`)
  return amount.micros
}
