import { sql } from 'kysely'
import { bringForward } from './delivery-order.ts'
import type { SqlEngine } from './open-store.ts'
import { type Db, inTransaction } from './transaction.ts'

/**
 * Gives up deliveries that could not be sent in time: dead, 'expired', and no attempt is counted. What is being sent
 * right now is left to its attempt.
 * @returns how many; `limit` of them when there may be more.
 */
export async function expireDeliveries(
  db: Db,
  engine: SqlEngine,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const rows = await trx
      .with(
        (cte) => cte('late').materialized(),
        (cte) => {
          const late = cte
            .selectFrom('deliveries')
            .select('id')
            .where('state', '=', sql.lit('pending')) // literal: the partial index deliveries_expiry needs to see it
            .where('expires_at', '<=', now)
            .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<=', now)]))
            .orderBy('expires_at')
            .limit(limit)
          return engine === 'postgres' ? late.forUpdate().skipLocked() : late
        },
      )
      .updateTable('deliveries')
      .set({ state: 'dead', reason: 'expired', lease_owner: null, lease_until: null, updated_at: now })
      .where('id', 'in', (where) => where.selectFrom('late').select('late.id'))
      .returning('id')
      .execute()
    await bringForward(
      trx,
      rows.map(({ id }) => id),
    )
    return rows.length
  })
}
