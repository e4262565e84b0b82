import { FLOW_LIMITS } from '../domain/flow.ts'
import { LIMITS } from '../domain/limits.ts'
import type { VisitWay } from './remembered-visit.ts'

export const LATEST_COOKIE = 'tp_cid'
export const OFFER_COOKIE_PREFIX = 'tp_o_'
export const CAMPAIGN_COOKIE_PREFIX = 'tp_c_'

/** Offers whose latest click id one browser may report; a browser keeps some 180 cookies per host at most. */
const OFFER_COOKIES_MAX = 100
export const CLICK_ID_CHARS = 26
const SECONDS_PER_DAY = 86_400
/** Click id, path, lander and offer. */
const OWN_PARTS = 4
/** An offer and a path for each campaign that a way leads through. */
const INNER_PARTS_MAX = 2 * FLOW_LIMITS.campaignDepthMax

/** How cookies are written for one request. */
export type CookieScope = OfferCookieScope & {
  /** How long the campaign's cookie is kept: never shorter. */
  readonly campaignSeconds: number
}

export type OfferCookieScope = {
  readonly https: boolean
  /** The attribution window. */
  readonly windowDays: number
}

/** The value of one cookie; '' when the browser did not send it. Reads the header without splitting it. */
export function cookieValue(header: string | undefined, name: string): string {
  if (header === undefined) {
    return ''
  }
  let at = header.indexOf(name)
  while (at !== -1) {
    const behind = at + name.length
    if (isNameStart(header, at) && header[behind] === '=') {
      const end = header.indexOf(';', behind)
      return header.slice(behind + 1, end === -1 ? undefined : end).trim()
    }
    at = header.indexOf(name, behind)
  }
  return ''
}

/**
 * The way that a campaign cookie keeps for this click id. Its parts are the visitor's claim: they count as far as the
 * configuration has them.
 */
export function wayFromCookies(header: string | undefined, clickId: string): VisitWay | undefined {
  if (header === undefined) {
    return undefined
  }
  const at = header.indexOf(`=${clickId}.`)
  if (at === -1) {
    return undefined
  }
  const name = header.slice(header.lastIndexOf(';', at) + 1, at).trim()
  return name.startsWith(CAMPAIGN_COOKIE_PREFIX)
    ? parseWay(name.slice(CAMPAIGN_COOKIE_PREFIX.length), cookieValue(header, name))
    : undefined
}

/** Reads a campaign cookie's value; undefined when it is none of ours. */
export function parseWay(campaignId: string, value: string): VisitWay | undefined {
  const parts = value.split('.')
  const offerId = parts[OWN_PARTS - 1]
  if (offerId === undefined || parts.length > OWN_PARTS + INNER_PARTS_MAX) {
    return undefined
  }
  const way = {
    clickId: parts[0] ?? '',
    campaignId,
    pathId: parts[1] ?? '',
    landerId: parts[2] ?? '',
    offerId,
  }
  if (parts.length < OWN_PARTS + 2) {
    return way
  }
  const through = []
  for (let part = OWN_PARTS; part + 1 < parts.length; part += 2) {
    through.push({ offerId: parts[part] ?? '', pathId: parts[part + 1] ?? '' })
  }
  return { ...way, through }
}

/** `clickId.path.lander.offer`, and for each campaign that it led through `.offer.path`: what parseWay reads. */
function campaignCookieValue(way: VisitWay): string {
  let value = `${way.clickId}.${way.pathId}.${way.landerId}.${way.offerId}`
  for (const { offerId, pathId } of way.through ?? []) value += `.${offerId}.${pathId}`
  return value
}

/** Click ids per offer that the browser carries, for a hit that names no click id. Bounded. */
export function offerClickIds(header: string | undefined): Readonly<Record<string, string>> | undefined {
  if (header === undefined || !header.includes(OFFER_COOKIE_PREFIX)) {
    return undefined
  }
  const found: [string, string][] = []
  for (const part of header.split(';')) {
    const [name = '', value = ''] = part.trim().split('=', 2)
    const offerId = name.slice(OFFER_COOKIE_PREFIX.length)
    const isOffer = name.startsWith(OFFER_COOKIE_PREFIX) && offerId.length <= LIMITS.paramNameCharsMax
    if (isOffer && value.length === CLICK_ID_CHARS && found.length < OFFER_COOKIES_MAX) {
      found.push([offerId, value])
    }
  }
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

/** Set-Cookie values for a visit that went to a lander, or directly to its offer. */
export function visitCookies(way: VisitWay, scope: CookieScope): string[] {
  const attributes = cookieAttributes(scope)
  const cookies = [`${LATEST_COOKIE}=${way.clickId}${attributes}`, campaignCookie(way, scope)]
  if (way.landerId === '') {
    cookies.push(`${OFFER_COOKIE_PREFIX}${way.offerId}=${way.clickId}${attributes}`)
  }
  return cookies
}

/** Set-Cookie value that keeps the way of a visit. */
export function campaignCookie(way: VisitWay, scope: CookieScope): string {
  const attributes = cookieAttributes(scope, scope.campaignSeconds)
  return `${CAMPAIGN_COOKIE_PREFIX}${way.campaignId}=${campaignCookieValue(way)}${attributes}`
}

/** Set-Cookie values for a visit that an affiliate link sent to an offer. */
export function affiliateVisitCookies(offerId: string, clickId: string, scope: OfferCookieScope): string[] {
  return [`${LATEST_COOKIE}=${clickId}${cookieAttributes(scope)}`, offerCookie(offerId, clickId, scope)]
}

/** Set-Cookie value for a visitor who went on from a lander to an offer. */
export function offerCookie(offerId: string, clickId: string, scope: OfferCookieScope): string {
  return `${OFFER_COOKIE_PREFIX}${offerId}=${clickId}${cookieAttributes(scope)}`
}

/**
 * On https the cookie must be readable inside a network's or advertiser's page (a pixel), which browsers allow
 * with SameSite=None and Secure alone; on plain http they refuse None, and Lax still covers the redirects.
 */
function cookieAttributes(scope: OfferCookieScope, maxAge = scope.windowDays * SECONDS_PER_DAY): string {
  const sameSite = scope.https ? 'SameSite=None; Secure' : 'SameSite=Lax'
  return `; Path=/; HttpOnly; Max-Age=${maxAge}; ${sameSite}`
}

/** Whether a cookie's name begins there, not one that ends alike. */
export function isNameStart(header: string, at: number): boolean {
  return at === 0 || header[at - 1] === ' ' || header[at - 1] === ';'
}
