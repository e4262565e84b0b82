import type { ConversionFilter } from './conversions.ts'
import type { Db } from './transaction.ts'

/** How many conversions of the workspace the filter names, of those that are not younger than `until`. */
export async function countConversions(
  db: Db,
  workspace: string,
  filter: ConversionFilter,
  until: number,
): Promise<number> {
  let query = db
    .selectFrom('conversions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .where('created_at', '<=', until)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.event !== undefined) query = query.where('event', '=', filter.event)
  if (filter.clickId !== undefined) query = query.where('click_id', '=', filter.clickId)
  if (filter.campaignId !== undefined) query = query.where('campaign_id', '=', filter.campaignId)
  if (filter.offerId !== undefined) query = query.where('offer_id', '=', filter.offerId)
  const { count } = await query.executeTakeFirstOrThrow()
  return Number(count)
}
