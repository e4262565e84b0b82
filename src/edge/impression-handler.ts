import { RECORD_TYPE } from '../domain/journal-record.ts'
import { showAffiliateImpression } from './affiliate-impression-handler.ts'
import { GIF_HEADERS, TRANSPARENT_GIF } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendFallback, sendStarting } from './fallback.ts'
import { findAffiliateLink } from './find-affiliate-link.ts'
import { keepRecord } from './keep-record.ts'
import { readVisit } from './visit.ts'
import { impressionRowJson } from './visit-row.ts'

export const IMPRESSION_PREFIX = '/i/'
const SUFFIX = '.gif'

/** GET /i/{slug}.gif or /i/{offer}/{affiliate}.gif: an ad of the campaign or offer was shown. */
export async function handleImpression(context: EdgeContext, exchange: Exchange): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const { path } = exchange
  const slug = path.endsWith(SUFFIX) ? path.slice(IMPRESSION_PREFIX.length, -SUFFIX.length) : ''
  const indexed = index.campaignsBySlug.get(slug)
  const [offerId = '', affiliateId = '', more] = slug.split('/')
  const link = more === undefined ? findAffiliateLink(index, offerId, affiliateId) : undefined
  if (link !== undefined) {
    await showAffiliateImpression(context, exchange, link)
    return
  }
  if (indexed === undefined) {
    // An image has no use for a fallback page.
    sendFallback(context, exchange, undefined)
    return
  }
  const visit = readVisit(context, exchange, indexed)
  await keepRecord(context, RECORD_TYPE.impression, impressionRowJson(visit))
  context.metrics.count('impressions')
  exchange.send(200, GIF_HEADERS, TRANSPARENT_GIF)
}
