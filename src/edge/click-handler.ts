import { type ClickRecord, RECORD_TYPE } from '../domain/journal-record.ts'
import { type ClientFacts, readClientFacts } from './client-facts.ts'
import { type CookieScope, campaignCookie, offerCookie } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { hostFallback, sendFallback, sendStarting } from './fallback.ts'
import { findVisit } from './find-visit.ts'
import { keepRecord } from './keep-record.ts'
import { parseQuery, type Query } from './query.ts'
import { sendRedirect } from './redirect.ts'
import type { RememberedVisit, VisitDimensions } from './remembered-visit.ts'
import { type MacroSource, renderVisitTarget } from './render-visit-target.ts'
import { routeClick } from './route-click.ts'
import type { Destination } from './route-visit.ts'
import type { IndexedCampaign, IndexedLander } from './snapshot-index.ts'

/** More calls to action than any lander has. */
const CTA_MAX = 99
const CLICK_PATH = /^\/click(?:\/([1-9]\d?))?$/

/** Which call to action a path names, from 1; undefined when it is no click path. */
export function clickPathCta(path: string): number | undefined {
  const match = CLICK_PATH.exec(path)
  return match === null ? undefined : Math.min(Number(match[1] ?? 1), CTA_MAX)
}

/** What a lander's link asks for. */
export type WantedClick = {
  /** Which call to action, from 1; 1 unless told. */
  readonly cta?: number
  /** One offer of the campaign's workspace; the visit's own unless told. */
  readonly offerId?: string
  /** The request's own unless told: another system's link, in our names. */
  readonly query?: Query
}

/** GET or HEAD /click and /click/{n}: a visitor goes on from a lander to an offer. */
export async function handleClick(context: EdgeContext, exchange: Exchange, cta: number): Promise<void> {
  if (context.snapshots.index.version < 0) sendStarting(exchange)
  else await followClick(context, exchange, { cta })
}

/** Finds the visit that a click belongs to, records the click and sends the visitor on. */
export async function followClick(
  context: EdgeContext,
  exchange: Exchange,
  wanted: WantedClick,
): Promise<void> {
  const { index } = context.snapshots
  const query = wanted.query ?? parseQuery(exchange.rawQuery)
  const visit = await findVisit(context, { query, cookies: exchange.request.headers.cookie, index })
  const indexed = index.campaignsById.get(visit?.campaignId ?? '')
  if (visit === undefined || indexed === undefined) {
    sendFallback(context, exchange, hostFallback(index, exchange))
    return
  }
  const client = readClientFacts(context, exchange)
  const { cta = 1, offerId = '' } = wanted
  const atMs = context.clock()
  const destination = routeClick({ index, indexed, visit, client, query, atMs }, { cta, offerId })
  if (destination === undefined) {
    sendFallback(context, exchange, indexed.fallback)
    return
  }
  const from = index.landers.get(visit.landerId)
  await answerClick(context, exchange, { visit, indexed, client, destination, from, cta, atMs })
}

type Click = {
  readonly visit: RememberedVisit
  readonly indexed: IndexedCampaign
  readonly client: ClientFacts
  readonly destination: Destination
  /** The lander that the visitor comes from. */
  readonly from: IndexedLander | undefined
  readonly cta: number
  readonly atMs: number
}

async function answerClick(context: EdgeContext, exchange: Exchange, click: Click): Promise<void> {
  const { visit, indexed, destination, atMs } = click
  const { lander } = destination
  const target = renderVisitTarget(destination.target, toSource(click))
  const scope = {
    https: context.addresses.isHttps(exchange.request),
    windowDays: indexed.workspace.attributionWindowDays,
    campaignSeconds: indexed.cookieSeconds,
  }
  const cookies =
    lander === undefined
      ? [await keepClick(context, { ...click, location: target.location }, scope)]
      : [keepInnerWay(context, { ...visit, ...destination.way }, scope)]
  sendRedirect(exchange, context.hops, { target: target.url, mode: '302', cookies, nowMs: atMs })
}

function toSource({ visit, indexed, client, destination, from, atMs }: Click): MacroSource {
  const { clickId, dimensions = {} } = visit
  const { offer, lander = from } = destination
  const kept = visit.kept ?? keptOf(dimensions, client)
  return { clickId, dimensions, kept, client, link: indexed, offer, lander, nowMs: atMs }
}

/** Where nobody remembers the visit's referrer, that of the click stands for it. */
function keptOf(
  dimensions: VisitDimensions,
  { referrer, keptReferrer }: ClientFacts,
): VisitDimensions | undefined {
  if (dimensions.referrer !== undefined || keptReferrer === referrer) return undefined
  return { ...dimensions, referrer: keptReferrer }
}

/** @returns the cookie by which a pixel finds the visit to the offer. */
async function keepClick(
  context: EdgeContext,
  click: Click & { readonly location: string },
  scope: CookieScope,
): Promise<string> {
  const { visit, client, destination, cta, atMs, location } = click
  const { offer } = destination.offer
  // What only looks at the link does not go on to the offer.
  if (!client.isPreview) {
    const record: ClickRecord = {
      clickId: visit.clickId,
      at: atMs,
      offerId: offer.id,
      affiliateNetworkId: offer.affiliateNetworkId,
      cta,
      location,
    }
    await keepRecord(context, RECORD_TYPE.click, JSON.stringify(record))
    context.metrics.count('clicks')
  }
  return offerCookie(offer.id, visit.clickId, scope)
}

/**
 * The offer was a campaign with a lander of its own: the visit goes on there, and the next click starts from it.
 * @returns the campaign's cookie with the way so far.
 */
function keepInnerWay(context: EdgeContext, visit: RememberedVisit, scope: CookieScope): string {
  context.visits.remember(visit.clickId, visit)
  return campaignCookie(visit, scope)
}
