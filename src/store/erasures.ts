import { type Selectable, sql } from 'kysely'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** A click id whose personal data is erased, also what arrives of it later. */
export type Erasure = {
  readonly workspace: string
  readonly clickId: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
  readonly reason: string
  readonly createdAt: number
  /** Null while something of it may still be there. */
  readonly doneAt: number | null
}

/** Orders an erasure; one that is ordered already stays as it is. */
export async function insertErasure(db: Db, erasure: Omit<Erasure, 'doneAt'>): Promise<void> {
  await db
    .insertInto('erasures')
    .values({
      workspace: erasure.workspace,
      click_id: erasure.clickId,
      actor: erasure.actor,
      reason: erasure.reason,
      created_at: erasure.createdAt,
      done_at: null,
    })
    .onConflict((conflict) => conflict.columns(['workspace', 'click_id']).doNothing())
    .execute()
}

export async function getErasure(db: Db, workspace: string, clickId: string): Promise<Erasure | undefined> {
  const row = await db
    .selectFrom('erasures')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .executeTakeFirst()
  return row && toErasure(row)
}

/** Erasures that are not done, the oldest first. */
export async function openErasures(db: Db, limit: number): Promise<readonly Erasure[]> {
  const rows = await db
    .selectFrom('erasures')
    .selectAll()
    .where('done_at', 'is', null)
    .orderBy('created_at')
    .limit(limit)
    .execute()
  return rows.map(toErasure)
}

/** Erasures behind one, in the order of their keys: all of them, in steps. */
export async function erasuresBehind(
  db: Db,
  after: Pick<Erasure, 'workspace' | 'clickId'>,
  limit: number,
): Promise<readonly Erasure[]> {
  const rows = await db
    .selectFrom('erasures')
    .selectAll()
    .where(sql<boolean>`(workspace, click_id) > (${after.workspace}, ${after.clickId})`)
    .orderBy('workspace')
    .orderBy('click_id')
    .limit(limit)
    .execute()
  return rows.map(toErasure)
}

export async function markErased(db: Db, erasures: readonly Erasure[], now: number): Promise<void> {
  for (const { workspace, clickId } of erasures) {
    await db
      .updateTable('erasures')
      .set({ done_at: now })
      .where('workspace', '=', workspace)
      .where('click_id', '=', clickId)
      .execute()
  }
}

function toErasure(row: Selectable<Database['erasures']>): Erasure {
  return {
    workspace: row.workspace,
    clickId: row.click_id,
    actor: row.actor,
    reason: row.reason,
    createdAt: row.created_at,
    doneAt: row.done_at,
  }
}
