import { RECORD_TYPE } from '../domain/journal-record.ts'
import { visitCookies } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { fallbackLocation, hostFallback, sendFallback, sendStarting } from './fallback.ts'
import { keepRecord } from './keep-record.ts'
import type { Query } from './query.ts'
import { sendRedirect } from './redirect.ts'
import type { RememberedVisit, VisitWay } from './remembered-visit.ts'
import { type MacroSource, renderVisitTarget } from './render-visit-target.ts'
import { routeVisit, type VisitRouting } from './route-visit.ts'
import type { IndexedCampaign } from './snapshot-index.ts'
import { type CampaignVisit, readVisit, type Visit } from './visit.ts'
import { visitRowJson } from './visit-row.ts'

export const VISIT_PREFIX = '/c/'

/** GET or HEAD /c/{slug}: a visitor opened a campaign's link. */
export async function handleVisit(context: EdgeContext, exchange: Exchange): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const indexed = index.campaignsBySlug.get(exchange.path.slice(VISIT_PREFIX.length))
  if (indexed === undefined) sendFallback(context, exchange, hostFallback(index, exchange))
  else await visitCampaign(context, exchange, indexed)
}

/**
 * Records a visit to a campaign and sends the visitor on. The redirect leaves after the visit is on disk.
 * @param options.query the request's own unless told: another system's link, in our names.
 */
export async function visitCampaign(
  context: EdgeContext,
  exchange: Exchange,
  indexed: IndexedCampaign,
  options: { readonly query?: Query } = {},
): Promise<void> {
  const visit = readVisit(context, exchange, indexed, options)
  const routing = routeVisit(visit)
  if (!routing.found) {
    // A paused campaign, or one that leads nowhere: the traffic was paid for all the same, so it is recorded.
    await keepVisit(context, visit, routing, fallbackLocation(indexed.fallback))
    sendFallback(context, exchange, indexed.fallback, 410)
    return
  }
  const target = renderVisitTarget(routing.target, toSource(visit, routing))
  await keepVisit(context, visit, routing, target.location)
  answerRouted(context, exchange, { visit, routing, url: target.url })
}

/**
 * Resolves when the visit is on disk, or its loss is counted.
 * @param location where the visitor is sent; '' when nowhere.
 */
export async function keepVisit(
  context: EdgeContext,
  visit: CampaignVisit,
  routing: VisitRouting,
  location: string,
): Promise<void> {
  await keepRecord(context, RECORD_TYPE.visit, visit.clickId + visitRowJson(visit, routing, location))
  countVisit(context, visit)
}

/** Counts a visit that was recorded, by either type of link. */
export function countVisit(context: EdgeContext, visit: Visit): void {
  if (!visit.isCounted) context.metrics.count('flaggedVisits')
  else context.metrics.count(visit.bot === '' ? 'visits' : 'botVisits')
}

type FoundRouting = Extract<VisitRouting, { found: true }>

function toSource(visit: CampaignVisit, { offer, lander }: FoundRouting): MacroSource {
  const { clickId, params, kept, client, link, atMs } = visit
  return { clickId, dimensions: params.dimensions, kept, client, link, offer, lander, nowMs: atMs }
}

function answerRouted(
  context: EdgeContext,
  exchange: Exchange,
  routed: { readonly visit: CampaignVisit; readonly routing: FoundRouting; readonly url: string },
): void {
  const { visit, routing, url } = routed
  const { link, clickId } = visit
  const { lander, way } = routing
  if (lander !== undefined) context.visits.remember(clickId, toRemembered(visit, way))
  sendRedirect(exchange, context.hops, {
    target: url,
    mode: link.campaign.redirectMode,
    cookies: visitCookies(way, {
      https: context.addresses.isHttps(exchange.request),
      windowDays: link.workspace.attributionWindowDays,
      campaignSeconds: link.cookieSeconds,
    }),
    nowMs: visit.atMs,
  })
}

/**
 * What a click that follows needs. The parameters are kept only where an offer's URL will ask for them: there may be
 * 8 kB of them.
 */
export function toRemembered(visit: CampaignVisit, way: VisitWay): RememberedVisit {
  if (!visit.link.flow.needsVisit) return way
  const { kept, params, client } = visit
  const dimensions = { ...params.dimensions, referrer: client.referrer }
  return kept === undefined ? { ...way, dimensions } : { ...way, dimensions, kept }
}
