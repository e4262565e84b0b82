import { isDeepStrictEqual } from 'node:util'
import { correctionRows, correctionTime } from '../domain/correction-rows.ts'
import type { LedgerRow } from '../domain/ledger-row.ts'
import { applyVisitChange, joinVisitChanges, type VisitChange } from '../domain/visit-change.ts'
import { findRowsInLedger } from '../ledger/find-in-ledger.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { runRetriedLoop } from '../ledger/retried-loop.ts'
import { conversionsOfClicks, type StoredConversion } from '../store/conversions.ts'
import { keepWaiting, saveConversionVisit } from '../store/corrected-visits.ts'
import { appendToOutbox } from '../store/ledger-outbox.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import type { Db } from '../store/transaction.ts'
import { markApplied, updatesOfClicks, type VisitUpdate, waitingUpdates } from '../store/visit-updates.ts'
import type { CatchUp } from './catch-up.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import type { LateRows } from './late-rows.ts'

export type CorrectorOptions = {
  readonly store: Store
  readonly ledger: Pick<Ledger, 'lookUp'>
  readonly catchUp: CatchUp
  /** The same that the loader tells of late rows. */
  readonly lateRows: LateRows
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
}

/** Brings the updates of visits into the ledger until the signal aborts. */
export async function runCorrector(
  options: CorrectorOptions & { readonly onError: (error: unknown) => void },
): Promise<void> {
  const round = async () => {
    const corrected = await correctVisits(options)
    return corrected === 0 ? CORRECTION_LIMITS.idleMs : 0
  }
  const { signal, onError } = options
  const retry = { firstMs: CORRECTION_LIMITS.retryFirstMs, maxMs: CORRECTION_LIMITS.retryMaxMs }
  await runRetriedLoop(round, {
    signal,
    onError: (error) => {
      if (!signal.aborted) onError(error)
    },
    retry,
  })
}

/**
 * Corrects the visits whose updates have waited for a moment, by rows for the ledger that take the old rows away and
 * add them changed. The rows, the mark that the updates are applied, and the visit that conversions repeat are written
 * in one transaction: whatever is killed when, each update takes effect once.
 *
 * A row that is not in the ledger when the rows are read would keep the old values. Rows are repeated from the visit
 * before an update (those are in a journal or in the outbox when it is found here: catch-up waits for them), from a
 * conversion's own copy (a conversion that changed since: its visit waits for the next round), and from what the
 * loader remembers (LateRows).
 * @returns how many updates were applied
 */
export async function correctVisits(options: CorrectorOptions): Promise<number> {
  const { store, clock } = options
  const before = clock() - CORRECTION_LIMITS.updateSettleMs
  const waiting = await waitingUpdates(store.db, CORRECTION_LIMITS.updatesMax, before)
  if (waiting.length === 0) return 0
  options.lateRows.watch()
  try {
    let applied = 0
    for (const [workspace, own] of Map.groupBy(waiting, (update) => update.workspace))
      applied += await correctInWorkspace(options, workspace, own)
    return applied
  } finally {
    options.lateRows.stop()
  }
}

async function correctInWorkspace(
  options: CorrectorOptions,
  workspace: string,
  updates: readonly VisitUpdate[],
): Promise<number> {
  const { store, ledger } = options
  const clickIds = [...new Set(updates.map((update) => update.clickId))]
  const seen = versions(await conversionsOfClicks(store.db, workspace, clickIds))
  await options.catchUp(options.signal)
  const rows = Map.groupBy(await findRowsInLedger(ledger, clickIds), (row) => row.click_id)
  return await store.db.transaction().execute(async (db) => {
    await lockKeys(db, store.engine, clickIds)
    await markApplied(
      db,
      updates.map(({ id }) => id),
      options.clock(),
    )
    const conversions = await conversionsOfClicks(db, workspace, clickIds)
    const now = versions(conversions)
    const isSettled = (clickId: string) =>
      now.get(clickId) === seen.get(clickId) && !options.lateRows.has(clickId)
    const [settled, unsettled] = partition(updates, ({ clickId }) => isSettled(clickId))
    await keepWaiting(
      db,
      unsettled.map(({ id }) => id),
    )
    const own = (clickId: string) => (rows.get(clickId) ?? []).filter((row) => row.workspace === workspace)
    const changes = await changesOf(db, workspace, settled)
    await appendToOutbox(db, corrections(changes, own, options.clock()))
    await changeConversions(db, conversions, changes)
    return settled.length
  })
}

/** All updates of each visit as one change: what came late and is older must not win over what is applied. */
async function changesOf(
  db: Db,
  workspace: string,
  updates: readonly VisitUpdate[],
): Promise<ReadonlyMap<string, VisitChange>> {
  const clickIds = [...new Set(updates.map((update) => update.clickId))]
  const all = await updatesOfClicks(db, workspace, clickIds)
  return new Map(
    clickIds.map((clickId) => [
      clickId,
      joinVisitChanges((all.get(clickId) ?? []).map((update) => update.change)),
    ]),
  )
}

function corrections(
  changes: ReadonlyMap<string, VisitChange>,
  rowsOf: (clickId: string) => readonly LedgerRow[],
  now: number,
): readonly LedgerRow[] {
  return [...changes].flatMap(([clickId, change]) => {
    const rows = rowsOf(clickId)
    return correctionRows(rows, (row, past) => applyVisitChange(row, change, past), correctionTime(rows, now))
  })
}

async function changeConversions(
  db: Db,
  conversions: readonly StoredConversion[],
  changes: ReadonlyMap<string, VisitChange>,
): Promise<void> {
  for (const { id, clickId, visit } of conversions) {
    const change = changes.get(clickId)
    if (change === undefined) continue
    const changed = applyVisitChange(visit, change)
    if (!isDeepStrictEqual(changed, visit)) await saveConversionVisit(db, id, changed)
  }
}

/** What tells whether a visit's conversions changed: their ids and numbers of transitions. */
function versions(conversions: readonly StoredConversion[]): ReadonlyMap<string, string> {
  const byClick = Map.groupBy(conversions, ({ clickId }) => clickId)
  return new Map(
    [...byClick].map(([clickId, all]) => [
      clickId,
      all
        .map(({ id, transitions }) => `${id}/${transitions}`)
        .sort()
        .join(' '),
    ]),
  )
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))]
}
