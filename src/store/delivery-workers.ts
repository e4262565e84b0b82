import type { Db } from './transaction.ts'

/**
 * Says that a worker is alive, forgets those that were not heard of for long, and tells which are there.
 * @returns ids in order, the worker's own among them.
 */
export async function reportAlive(
  db: Db,
  worker: { readonly id: string; readonly now: number; readonly silentMsMax: number },
): Promise<readonly string[]> {
  const { id, now, silentMsMax } = worker
  await db
    .insertInto('delivery_workers')
    .values({ id, seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
    .execute()
  await db
    .deleteFrom('delivery_workers')
    .where('seen_at', '<', now - silentMsMax)
    .execute()
  const rows = await db.selectFrom('delivery_workers').select('id').orderBy('id').execute()
  return rows.map((row) => row.id)
}

/** A worker has stopped: the others share what was its part at their next look. */
export async function reportStopped(db: Db, id: string): Promise<void> {
  await db.deleteFrom('delivery_workers').where('id', '=', id).execute()
}
