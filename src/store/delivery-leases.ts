import { sql } from 'kysely'
import type { SqlEngine } from './open-store.ts'
import type { Db } from './transaction.ts'

/** Ids in one statement: as many parameters as every engine takes, and a bounded number of different statements. */
const IDS_MAX = 256

/**
 * Extends the leases of deliveries that are still being sent. One that another worker holds by now stays its own; one
 * whose attempt is being recorded is passed over, so that the two never wait for each other.
 */
export async function renewLeases(
  db: Db,
  engine: SqlEngine,
  lease: { readonly workerId: string; readonly ids: readonly string[]; readonly until: number },
): Promise<void> {
  for (const ids of inLots(lease.ids)) {
    await db
      .with(
        (cte) => cte('held').materialized(),
        (cte) => {
          const held = cte
            .selectFrom('deliveries')
            .select('id')
            .where('id', 'in', ids)
            .where('state', '=', sql.lit('pending'))
            .where('lease_owner', '=', lease.workerId)
          return engine === 'postgres' ? held.forUpdate().skipLocked() : held
        },
      )
      .updateTable('deliveries')
      .set({ lease_until: lease.until })
      .where('id', 'in', (where) => where.selectFrom('held').select('held.id'))
      .execute()
  }
}

/** Gives leases back unused: what a worker does with claimed deliveries when it stops. */
export async function releaseLeases(db: Db, workerId: string, ids: readonly string[]): Promise<void> {
  for (const lot of inLots(ids)) {
    await db
      .updateTable('deliveries')
      .set({ lease_owner: null, lease_until: null })
      .where('id', 'in', lot)
      .where('state', '=', sql.lit('pending'))
      .where('lease_owner', '=', workerId)
      .execute()
  }
}

function inLots(ids: readonly string[]): readonly (readonly string[])[] {
  const lots = Math.ceil(ids.length / IDS_MAX)
  return Array.from({ length: lots }, (_, lot) => ids.slice(lot * IDS_MAX, (lot + 1) * IDS_MAX))
}
