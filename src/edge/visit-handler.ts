import { RECORD_TYPE } from '../domain/journal-record.ts'
import { chooseRoute } from '../domain/routing.ts'
import type { VisitRoute } from '../domain/snapshot.ts'
import { knowsCampaign, visitCookies } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendFallback, sendStarting } from './fallback.ts'
import { keepRecord } from './keep-record.ts'
import { sendRedirect } from './redirect.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import { renderVisitTarget } from './render-visit-target.ts'
import type { IndexedCampaign, SnapshotIndex } from './snapshot-index.ts'
import { readVisit, type Visit, type VisitRouting } from './visit.ts'
import { visitRowJson } from './visit-row.ts'

export const VISIT_PREFIX = '/c/'

/** GET or HEAD /c/{slug}: a visitor opened a campaign's link. The redirect leaves after the visit is on disk. */
export async function handleVisit(context: EdgeContext, exchange: Exchange): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const indexed = index.campaignsBySlug.get(exchange.path.slice(VISIT_PREFIX.length))
  if (indexed === undefined) {
    sendFallback(context, exchange, index.fallback)
    return
  }
  const visit = readVisit(context, exchange, indexed)
  const routing = indexed.campaign.status === 'active' ? routeVisit(index, visit) : undefined
  if (routing === undefined) await answerUnrouted(context, exchange, visit)
  else await answerRouted(context, exchange, { visit, routing })
}

function routeVisit(index: SnapshotIndex, visit: Visit): VisitRouting | undefined {
  const { campaign } = visit.indexed
  const lookups = {
    hasOffer: (id: string) => index.offers.has(id),
    hasLander: (id: string) => index.landers.has(id),
  }
  const chosen = chooseRoute(campaign, lookups, visit.clickId)
  const offer = chosen === undefined ? undefined : index.offers.get(chosen.offerId)
  if (chosen === undefined || offer === undefined) return undefined
  return { pathId: chosen.pathId, lander: index.landers.get(chosen.landerId), offer }
}

/** A paused campaign, or one without a usable path: the traffic was paid for all the same, so it is recorded. */
async function answerUnrouted(context: EdgeContext, exchange: Exchange, visit: Visit): Promise<void> {
  const { fallback } = visit.indexed
  if (fallback !== undefined) {
    await keepVisit(context, visit, visitRowJson(visit, undefined, isUnique(exchange, visit.indexed)))
  }
  sendFallback(context, exchange, fallback, 410)
}

async function answerRouted(
  context: EdgeContext,
  exchange: Exchange,
  routed: { readonly visit: Visit; readonly routing: VisitRouting },
): Promise<void> {
  const { visit, routing } = routed
  const { indexed, clickId } = visit
  const { offer, lander } = routing
  await keepVisit(context, visit, visitRowJson(visit, routing, isUnique(exchange, indexed)))
  const route = {
    clickId,
    campaignId: indexed.campaign.id,
    pathId: routing.pathId,
    landerId: lander?.lander.id ?? '',
    offerId: offer.offer.id,
  }
  if (lander !== undefined) context.visits.remember(clickId, toRemembered(visit, route))
  const { params, client } = visit
  const source = { clickId, dimensions: params.dimensions, client, indexed, offer, lander }
  sendRedirect(exchange, context.hops, {
    target: renderVisitTarget(lander?.target ?? offer.target, source),
    mode: indexed.campaign.redirectMode,
    cookies: visitCookies(route, {
      https: context.addresses.isHttps(exchange.request),
      windowDays: indexed.workspace.attributionWindowDays,
    }),
    nowMs: context.clock(),
  })
}

/** The parameters are kept only where an offer's URL will ask for them: there may be 8 kB of them. */
function toRemembered(visit: Visit, route: VisitRoute): RememberedVisit {
  if (!visit.indexed.needsVisit) return route
  return { ...route, dimensions: { ...visit.params.dimensions, referrer: visit.client.referrer } }
}

async function keepVisit(context: EdgeContext, visit: Visit, rowJson: string): Promise<void> {
  await keepRecord(context, RECORD_TYPE.visit, visit.clickId + rowJson)
  const { isPreview, bot } = visit.client
  if (isPreview) context.metrics.count('flaggedVisits')
  else context.metrics.count(bot === '' ? 'visits' : 'botVisits')
}

/** New to the campaign as far as the browser's cookie tells. */
function isUnique(exchange: Exchange, indexed: IndexedCampaign): boolean {
  return !knowsCampaign(exchange.request.headers.cookie, indexed.campaign.id)
}
