import { verifyClickId } from '../domain/click-id.ts'
import { RECORD_TYPE } from '../domain/journal-record.ts'
import { type AffiliateVisitEnd, affiliateVisitRowJson } from './affiliate-row.ts'
import { moneyOfVisit, NO_CLICK_MONEY } from './click-money.ts'
import { affiliateVisitCookies, cookieValue, OFFER_COOKIE_PREFIX } from './cookies.ts'
import { deepLinkTarget, readDeepLink } from './deep-link.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { fallbackLocation, hostFallback, sendFallback, sendStarting } from './fallback.ts'
import { findAffiliateLink } from './find-affiliate-link.ts'
import { keepRecord } from './keep-record.ts'
import { firstValue, type Query } from './query.ts'
import { sendRedirect } from './redirect.ts'
import { askedTarget, renderVisitTarget, type VisitTarget } from './render-visit-target.ts'
import { type AffiliateRoute, type AffiliateVisit, routeAffiliateVisit } from './route-affiliate-visit.ts'
import type { IndexedAffiliateLink } from './snapshot-index.ts'
import type { Target } from './target.ts'
import { readVisit } from './visit.ts'
import { countVisit } from './visit-handler.ts'
import { readOfferHistory } from './visitor-history.ts'

export const AFFILIATE_LINK_PREFIX = '/o/'

/** GET or HEAD /o/{offer}/{affiliate}: a visitor opened an affiliate link. */
export async function handleAffiliateLink(context: EdgeContext, exchange: Exchange): Promise<void> {
  const [offerId = '', affiliateId = '', more] = exchange.path.slice(AFFILIATE_LINK_PREFIX.length).split('/')
  const { index } = context.snapshots
  const link = more === undefined ? findAffiliateLink(index, offerId, affiliateId) : undefined
  await followAffiliateLink(context, exchange, link)
}

/**
 * Records a visit by an affiliate link and sends the visitor on. The redirect leaves after the visit is on disk.
 * @param link undefined for one that is none: it goes where unknown links go.
 * @param query the request's own unless told: another system's link, in our names.
 */
export async function followAffiliateLink(
  context: EdgeContext,
  exchange: Exchange,
  link: IndexedAffiliateLink | undefined,
  query?: Query,
): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  if (link === undefined) {
    sendFallback(context, exchange, hostFallback(index, exchange))
    return
  }
  const asked = readVisit(context, exchange, link, query === undefined ? {} : { query })
  const route = routeAffiliateVisit(asked)
  if (route.found) await sendToOffer(context, exchange, asked, route)
  else await refuse(context, exchange, asked, route)
}

type Found = Extract<AffiliateRoute, { found: true }>
type Refused = Extract<AffiliateRoute, { found: false }>

/** What the affiliate sent is recorded all the same: it must be able to see it. */
async function refuse(
  context: EdgeContext,
  exchange: Exchange,
  visit: AffiliateVisit,
  { offer, refusal }: Refused,
): Promise<void> {
  context.metrics.countRefusal(refusal)
  const { fallback } = visit.link
  const nowhere = { isClick: false, money: NO_CLICK_MONEY, location: fallbackLocation(fallback) }
  await keepVisit(context, visit, { offer, reason: refusal, ...nowhere })
  sendFallback(context, exchange, fallback, 410)
}

async function sendToOffer(
  context: EdgeContext,
  exchange: Exchange,
  asked: AffiliateVisit,
  route: Found,
): Promise<void> {
  const { offer, refusal } = route
  if (refusal !== undefined) context.metrics.countRefusal(refusal)
  const visit = withHistoryOf(asked, offer.offer.id, exchange.request.headers.cookie)
  const convertedTo = await findConvertedTarget(context, exchange, visit, route)
  const way =
    convertedTo === undefined
      ? chooseWay(visit, route, exchange.rawQuery)
      : { url: convertedTo, reason: 'already converted' }
  const reason = refusal === undefined ? way.reason : `${refusal}, overflow offer`
  const isClick = convertedTo === undefined
  const money = isClick ? moneyOfVisit(context, visit, offer) : NO_CLICK_MONEY
  const { url, location } = typeof way.url === 'string' ? askedTarget(way.url) : render(visit, route, way.url)
  await keepVisit(context, visit, { offer, reason, isClick, money, location })
  const scope = {
    https: context.addresses.isHttps(exchange.request),
    windowDays: visit.link.workspace.attributionWindowDays,
  }
  // A look ahead leaves no mark: the person who comes later is new.
  const isMarked = isClick && !visit.client.isPreview
  sendRedirect(exchange, context.hops, {
    target: url,
    mode: '302',
    cookies: isMarked ? affiliateVisitCookies(offer.offer.id, visit.clickId, scope) : [],
    nowMs: visit.atMs,
  })
}

/** A text is whole; a target is to be filled with the visit's values. */
type Way = { readonly url: string | Target; readonly reason: string }

/** The page of the offer that the link asks for, where the offer has it; else the offer's own. */
function chooseWay({ query, clickId }: AffiliateVisit, { offer, refusal }: Found, rawQuery: string): Way {
  const plain: Way = { url: offer.target, reason: 'affiliate link' }
  // What was asked for is the link's own offer's, and not that of the one which stands in for it.
  if (refusal !== undefined || offer.terms === undefined) return plain
  const deepLink = readDeepLink(query, rawQuery)
  if (deepLink !== '') {
    const url = deepLinkTarget(deepLink, clickId, offer.terms)
    return url === undefined ? { ...plain, reason: 'deep link not allowed' } : { url, reason: 'deep link' }
  }
  const page = offer.terms.landingPage(firstValue(query, 'lp'))
  return page === undefined ? plain : { url: page, reason: 'landing page' }
}

function render(visit: AffiliateVisit, { offer }: Found, target: Target): VisitTarget {
  const { clickId, params, kept, client, link, atMs } = visit
  const { dimensions } = params
  return renderVisitTarget(target, {
    clickId,
    dimensions,
    kept,
    client,
    link,
    offer,
    lander: undefined,
    nowMs: atMs,
  })
}

/**
 * Where the visitor goes when an earlier visit of the browser to the offer has converted; undefined when it has not,
 * or core does not say in time.
 */
async function findConvertedTarget(
  context: EdgeContext,
  exchange: Exchange,
  visit: AffiliateVisit,
  route: Found,
): Promise<Target | undefined> {
  const target = route.offer.terms?.converted
  const offerId = route.offer.offer.id
  if (target === undefined || visit.client.isPreview) return undefined
  const clickId = cookieValue(exchange.request.headers.cookie, OFFER_COOKIE_PREFIX + offerId)
  if (!verifyClickId(clickId, context.clickIdKey).ok) return undefined
  return (await context.core.hasConverted(clickId, offerId)) ? target : undefined
}

/** Who is new is told by the cookie of the offer that took the visit. */
function withHistoryOf(visit: AffiliateVisit, offerId: string, cookies: string | undefined): AffiliateVisit {
  const { link, index, atMs } = visit
  if (offerId === link.offer.offer.id) return visit
  return { ...visit, history: readOfferHistory(cookies, link, { index, atMs, offerId }) }
}

/** Resolves when the visit is on disk, or its loss is counted. */
async function keepVisit(context: EdgeContext, visit: AffiliateVisit, end: AffiliateVisitEnd): Promise<void> {
  await keepRecord(context, RECORD_TYPE.visit, visit.clickId + affiliateVisitRowJson(visit, end))
  countVisit(context, visit)
}
