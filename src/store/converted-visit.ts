import type { Db } from './transaction.ts'

/** Whether the visit has a conversion of the offer that earns: one that is neither rejected nor trash. */
export async function hasConverted(db: Db, clickId: string, offerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('offers')
    .innerJoin('conversions', 'conversions.workspace', 'offers.workspace')
    .select('conversions.id')
    .where('offers.id', '=', offerId)
    .where('conversions.click_id', '=', clickId)
    .where('conversions.offer_id', '=', offerId)
    .where('conversions.status', 'in', ['pending', 'approved'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
