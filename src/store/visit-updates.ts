import type { Selectable } from 'kysely'
import type { VisitChange } from '../domain/visit-change.ts'
import { inChunks } from './in-chunks.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** New values for a recorded visit. Whoever reads the visit applies all of them, in order (applyVisitChange). */
export type VisitUpdate = {
  /** The hit's id, or the job's and the click id's. */
  readonly id: string
  readonly workspace: string
  readonly clickId: string
  /** When it was recorded, Unix milliseconds; the order of a visit's updates. */
  readonly at: number
  readonly change: VisitChange
}

/** Writes updates; one whose id is known stays as it is. The caller holds the locks of the click ids. */
export async function insertVisitUpdates(db: Db, updates: readonly VisitUpdate[]): Promise<void> {
  const all = updates.map((update) => ({
    id: update.id,
    workspace: update.workspace,
    click_id: update.clickId,
    at: update.at,
    change_json: JSON.stringify(update.change),
    applied_at: null,
  }))
  await inChunks(all, async (rows) => {
    await db
      .insertInto('visit_updates')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  })
}

/**
 * All updates of the visits by click id, oldest first, also those that the ledger has by now: applying one twice
 * changes nothing, and a visit may come from a copy that is older than its correction.
 */
export async function updatesOfClicks(
  db: Db,
  workspace: string,
  clickIds: readonly string[],
): Promise<ReadonlyMap<string, readonly VisitUpdate[]>> {
  if (clickIds.length === 0 || !(await hasUpdates(db, workspace))) return new Map()
  const rows = await db
    .selectFrom('visit_updates')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('click_id', 'in', clickIds)
    .execute()
  const updates = rows.map(toUpdate).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  return Map.groupBy(updates, (update) => update.clickId)
}

/** By id: a workspace that has updates keeps them, so that it is asked no more. */
const workspacesWithUpdates = new Set<string>()

/**
 * Most workspaces never change a visit. Looking one row up by a statement that is always the same is a tenth of looking
 * up all click ids of a commit, which cost a twentieth of judging it.
 */
async function hasUpdates(db: Db, workspace: string): Promise<boolean> {
  if (workspacesWithUpdates.has(workspace)) return true
  const row = await db
    .selectFrom('visit_updates')
    .select('id')
    .where('workspace', '=', workspace)
    .limit(1)
    .executeTakeFirst()
  if (row !== undefined) workspacesWithUpdates.add(workspace)
  return row !== undefined
}

/** Updates that the ledger has no correcting rows of yet and that are older than the moment, oldest first. */
export async function waitingUpdates(db: Db, limit: number, before: number): Promise<readonly VisitUpdate[]> {
  const rows = await db
    .selectFrom('visit_updates')
    .selectAll()
    .where('applied_at', 'is', null)
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toUpdate)
}

/** Their correcting rows are written: part of the transaction that writes them. */
export async function markApplied(db: Db, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return
  await db.updateTable('visit_updates').set({ applied_at: now }).where('id', 'in', ids).execute()
}

function toUpdate(row: Selectable<Database['visit_updates']>): VisitUpdate {
  return {
    id: row.id,
    workspace: row.workspace,
    clickId: row.click_id,
    at: row.at,
    change: JSON.parse(row.change_json),
  }
}
