import { eraseVisits, visitsOfWorkspace, visitsToErase } from '../ledger/erase-visits.ts'
import { untilMutated } from '../ledger/mutate-ledger.ts'
import { eraseClickId } from '../store/erase-click-id.ts'
import { type Erasure, erasuresBehind, markErased, openErasures } from '../store/erasures.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import { count, inStep, keepLease, type RetentionOptions } from './retention-run.ts'

/**
 * Erasures that were ordered since the last look. Everything that came before the order is in the ledger when it is
 * erased there (journals and outbox are loaded first), so that done means done for it.
 * @returns how many
 */
export async function eraseOpen(options: RetentionOptions): Promise<number> {
  const erasures = await openErasures(options.store.db, RETENTION_LIMITS.erasuresMax)
  if (erasures.length === 0) return 0
  await options.catchUp(options.signal)
  await erase(options, erasures)
  await inStep(options, (db) => markErased(db, erasures, options.clock()))
  return erasures.length
}

/** Every erasure once more, for what came since: late clicks and hits, and copies that were in memory. */
export async function sweepErasures(options: RetentionOptions): Promise<void> {
  let after = { workspace: '', clickId: '' }
  for (;;) {
    const erasures = await erasuresBehind(options.store.db, after, RETENTION_LIMITS.erasuresMax)
    const last = erasures.at(-1)
    if (last === undefined) return
    await erase(options, erasures)
    after = last
  }
}

async function erase(options: RetentionOptions, erasures: readonly Erasure[]): Promise<void> {
  const { store, ledger, signal, clock } = options
  for (const [workspace, own] of Map.groupBy(erasures, (erasure) => erasure.workspace)) {
    const ordered = own.map(({ clickId }) => clickId)
    const visits = await visitsOfWorkspace(ledger, workspace, ordered)
    let rows = 0
    for (const clickId of ordered) {
      await keepLease(options)
      rows += await eraseClickId(store, { workspace, clickId, isOwnVisit: visits.has(clickId) }, clock())
    }
    await untilMutated(ledger, signal)
    const clickIds = await visitsToErase(ledger, workspace, ordered)
    if (clickIds.length > 0) await eraseVisits(ledger, workspace, clickIds, signal)
    count(options, workspace, 'erased rows', rows)
    count(options, workspace, 'erased visits of the ledger', clickIds.length)
  }
}
