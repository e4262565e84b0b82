import { type SqlBool, sql } from 'kysely'
import { SYSTEM_SAID } from '../domain/erasure.ts'
import { eraseEchoes } from './erase-echoes.ts'
import { type Done, ERASED_MARK, type Part, toDone } from './erase-part.ts'
import { removeCalls } from './retention-records.ts'
import type { Db } from './transaction.ts'

/** Why a delivery that waited was cancelled. */
const ERASED_REASON = 'its personal data was erased'
const MASKED = `${SYSTEM_SAID}${ERASED_MARK}`

/** What was sent, what was answered, and what of the answer stands anywhere else. */
export async function eraseDeliveries(
  db: Db,
  { workspace, clickId, conversionId, now, after, limit }: Part,
): Promise<Done> {
  const hasSaid = sql<SqlBool>`substr(reason, 1, ${sql.lit(SYSTEM_SAID.length)}) = ${SYSTEM_SAID}`
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'target_id', 'reason'])
    .where('workspace', '=', workspace)
    .where('click_id', '=', clickId)
    .$if(conversionId !== '', (query) => query.where('conversion_id', '=', conversionId))
    .where('id', '>', after)
    .where((where) =>
      where.or([
        where('url', '<>', ''),
        where('body', '<>', ''),
        where.and([hasSaid, where('reason', '<>', MASKED)]),
        where.exists(
          where
            .selectFrom('delivery_attempts')
            .select('n')
            .whereRef('delivery_attempts.delivery_id', '=', 'deliveries.id'),
        ),
      ]),
    )
    .orderBy('id')
    .limit(limit)
    .execute()
  await eraseEchoes(db, workspace, rows)
  const ids = rows.map(({ id }) => id)
  await removeCalls(db, ids, { now, reason: ERASED_REASON })
  if (ids.length > 0) {
    await db.updateTable('deliveries').set({ reason: MASKED }).where('id', 'in', ids).where(hasSaid).execute()
  }
  return toDone(rows, rows.length)
}
