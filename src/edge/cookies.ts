import { LIMITS } from '../domain/limits.ts'
import type { VisitRoute } from '../domain/snapshot.ts'

export const LATEST_COOKIE = 'tp_cid'
const OFFER_COOKIE_PREFIX = 'tp_o_'
const CAMPAIGN_COOKIE_PREFIX = 'tp_c_'

/** Offers whose latest click id one browser may report; a browser keeps some 180 cookies per host at most. */
const OFFER_COOKIES_MAX = 100
const CLICK_ID_CHARS = 26
const SECONDS_PER_DAY = 86_400

/** How cookies are written for one request. */
export type CookieScope = { readonly https: boolean; readonly windowDays: number }

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

/** True when the browser has visited the campaign inside the attribution window. */
export function knowsCampaign(header: string | undefined, campaignId: string): boolean {
  return header !== undefined && cookieValue(header, CAMPAIGN_COOKIE_PREFIX + campaignId) !== ''
}

/** The route that a campaign cookie keeps for this click id. Its parts are the visitor's claim: check them. */
export function routeFromCookies(header: string | undefined, clickId: string): VisitRoute | undefined {
  if (header === undefined) {
    return undefined
  }
  const at = header.indexOf(`=${clickId}.`)
  if (at === -1) {
    return undefined
  }
  const name = header.slice(header.lastIndexOf(';', at) + 1, at).trim()
  const value = cookieValue(header, name)
  const [, pathId, landerId, offerId] = value.split('.')
  if (!name.startsWith(CAMPAIGN_COOKIE_PREFIX) || offerId === undefined) {
    return undefined
  }
  const campaignId = name.slice(CAMPAIGN_COOKIE_PREFIX.length)
  return { clickId, campaignId, pathId: pathId ?? '', landerId: landerId ?? '', offerId }
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
export function visitCookies(route: VisitRoute, scope: CookieScope): string[] {
  const attributes = cookieAttributes(scope)
  const kept = `${route.clickId}.${route.pathId}.${route.landerId}.${route.offerId}`
  const cookies = [
    `${LATEST_COOKIE}=${route.clickId}${attributes}`,
    `${CAMPAIGN_COOKIE_PREFIX}${route.campaignId}=${kept}${attributes}`,
  ]
  if (route.landerId === '') {
    cookies.push(`${OFFER_COOKIE_PREFIX}${route.offerId}=${route.clickId}${attributes}`)
  }
  return cookies
}

/** Set-Cookie value for a visitor who went on from a lander to an offer. */
export function offerCookie(offerId: string, clickId: string, scope: CookieScope): string {
  return `${OFFER_COOKIE_PREFIX}${offerId}=${clickId}${cookieAttributes(scope)}`
}

/**
 * On https the cookie must be readable inside a network's or advertiser's page (a pixel), which browsers allow
 * with SameSite=None and Secure alone; on plain http they refuse None, and Lax still covers the redirects.
 */
function cookieAttributes(scope: CookieScope): string {
  const maxAge = scope.windowDays * SECONDS_PER_DAY
  const sameSite = scope.https ? 'SameSite=None; Secure' : 'SameSite=Lax'
  return `; Path=/; HttpOnly; Max-Age=${maxAge}; ${sameSite}`
}

function isNameStart(header: string, at: number): boolean {
  return at === 0 || header[at - 1] === ' ' || header[at - 1] === ';'
}
