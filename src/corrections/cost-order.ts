import { laterCostCorrections, type StoredCostCorrection, undoesOf } from '../store/cost-corrections.ts'
import type { Db } from '../store/transaction.ts'
import { CORRECTION_LIMITS } from './correction-limits.ts'
import { mayOverlap } from './cost-overlap.ts'
import { parseCostRequest } from './cost-request.ts'

const DAY_MS = 86_400_000

/** Under which corrections of a workspace's costs are written one after another, by whatever process. */
export function costLock(workspace: string): string {
  return `costs:${workspace}`
}

/** Corrections made before, Unix milliseconds, can not be undone any more. */
export function oldestUndoable(now: number): number {
  return now - CORRECTION_LIMITS.costUndoDays * DAY_MS
}

/**
 * The newest correction that was made after this one, is in force and may be about visits of it: what it added counts
 * on what this one had added, so that it must be undone first.
 */
export async function findDependent(
  db: Db,
  correction: StoredCostCorrection,
): Promise<StoredCostCorrection | undefined> {
  const { workspace, n } = correction
  // Of one that was not counted no rows are kept either: it can not be undone.
  if (n === null) return undefined
  const request = parseCostRequest(correction.request)
  const limit = CORRECTION_LIMITS.laterCostsPage
  for (let below: number = Number.MAX_SAFE_INTEGER; ; ) {
    const later = await laterCostCorrections(db, workspace, { n, below, limit })
    const undone = await undoesOf(
      db,
      later.map(({ id }) => id),
    )
    const inForce = later.filter(({ id }) => !undone.has(id))
    const found = inForce.find((each) => mayOverlap(request, parseCostRequest(each.request)))
    const last = later.at(-1)?.n ?? null
    if (found !== undefined || later.length < limit || last === null) return found
    below = last
  }
}
