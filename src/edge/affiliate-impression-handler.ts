import { RECORD_TYPE } from '../domain/journal-record.ts'
import { affiliateImpressionRowJson } from './affiliate-row.ts'
import { GIF_HEADERS, TRANSPARENT_GIF } from './answers.ts'
import { moneyOfImpression, NO_CLICK_MONEY } from './click-money.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { keepRecord } from './keep-record.ts'
import type { Query } from './query.ts'
import { routeAffiliateVisit } from './route-affiliate-visit.ts'
import type { IndexedAffiliateLink } from './snapshot-index.ts'
import { readVisit } from './visit.ts'

/**
 * GET /i/{offer}/{affiliate}.gif: an ad of the offer was shown by the affiliate.
 * @param query the request's own unless told: another system's address, in our names.
 */
export async function showAffiliateImpression(
  context: EdgeContext,
  exchange: Exchange,
  link: IndexedAffiliateLink,
  query?: Query,
): Promise<void> {
  const visit = readVisit(context, exchange, link, query === undefined ? {} : { query })
  const route = routeAffiliateVisit(visit)
  if (route.refusal !== undefined) context.metrics.countRefusal(route.refusal)
  const money = route.refusal === undefined ? moneyOfImpression(context, visit) : NO_CLICK_MONEY
  await keepRecord(context, RECORD_TYPE.impression, affiliateImpressionRowJson(visit, money))
  context.metrics.count('impressions')
  exchange.send(200, GIF_HEADERS, TRANSPARENT_GIF)
}
