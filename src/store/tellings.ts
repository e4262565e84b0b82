import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { DeliveryState } from '../domain/target-types.ts'
import type { Db } from './transaction.ts'

/** That a target was to hear of one transition of a conversion, and what became of it. */
export type StoredTelling = {
  readonly conversionId: string
  readonly targetId: string
  /** Of the conversion, after the transition. */
  readonly status: ConversionStatus
  readonly state: DeliveryState
}

/** Far below both engines' limits of parameters. */
const IDS_MAX = 1_000

/** What these targets were told of these conversions, the oldest first. */
export async function listTellings(
  db: Db,
  conversionIds: readonly string[],
  targetIds: readonly string[],
): Promise<readonly StoredTelling[]> {
  if (targetIds.length === 0) return []
  const wanted = new Set(targetIds)
  const found: StoredTelling[] = []
  for (let start = 0; start < conversionIds.length; start += IDS_MAX) {
    const rows = await selectTellings(db, conversionIds.slice(start, start + IDS_MAX))
    for (const { conversion_id: conversionId, target_id: targetId, to_status: status, state } of rows) {
      if (wanted.has(targetId)) found.push({ conversionId, targetId, status, state })
    }
  }
  return found
}

/** By the key of deliveries, which begins with the conversion; a conversion has a few. */
async function selectTellings(db: Db, conversionIds: readonly string[]) {
  return await db
    .selectFrom('deliveries as d')
    .innerJoin('conversion_history as h', (join) =>
      join.onRef('h.conversion_id', '=', 'd.conversion_id').onRef('h.n', '=', 'd.transition'),
    )
    .select(['d.conversion_id', 'd.target_id', 'd.state', 'h.to_status'])
    .where('d.conversion_id', 'in', conversionIds)
    .orderBy('d.conversion_id')
    .orderBy('d.transition')
    .execute()
}
