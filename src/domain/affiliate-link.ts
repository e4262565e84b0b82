import { encodeForUrl } from './macro-escape.ts'
import { isUnfilledMacro } from './unfilled-macro.ts'

export type AffiliateLink = {
  /** As visitors see the tracking host, without a trailing slash. */
  readonly origin: string
  readonly offerId: string
  readonly affiliateId: string
  /** Names and values in order; empty values are left out. */
  readonly params: readonly (readonly [name: string, value: string])[]
}

/** What ends a parameter, or is no part of a URL: a macro with one of these is encoded as any other text. */
const BREAKS_A_PARAMETER = /[\s&#+"'<>\\^`]/

/**
 * The link by which an affiliate sends visits to an offer (PROTOCOL section 1). A macro of the affiliate's own traffic
 * source stays as it is: encoded, the source would not know it again.
 */
export function affiliateLink({ origin, offerId, affiliateId, params }: AffiliateLink): string {
  const path = `${encodeURIComponent(offerId)}/${encodeURIComponent(affiliateId)}`
  return withParams(`${origin}/o/${path}`, params)
}

/** The image that counts an impression of the affiliate's ad, for offers that pay for a thousand of them. */
export function affiliateImpressionUrl({ origin, offerId, affiliateId, params }: AffiliateLink): string {
  const path = `${encodeURIComponent(offerId)}/${encodeURIComponent(affiliateId)}`
  return withParams(`${origin}/i/${path}.gif`, params)
}

/**
 * Why a link may not lead to the page; '' when it may: links lead to domains of the offer alone, and below them, so
 * that they can not be made to lead anywhere else.
 */
export function deepLinkProblem(url: string, domains: readonly string[]): string {
  if (domains.length === 0) return 'this offer takes no deep links: leave url out'
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return 'must start with http:// or https://'
  if (parsed.username !== '' || parsed.password !== '') return 'must hold no user name'
  const host = parsed.hostname.replace(/\.$/, '')
  const isOfOffer = domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
  return isOfOffer ? '' : `${host} is none of the offer's domains: ${domains.join(', ')}`
}

function withParams(path: string, params: AffiliateLink['params']): string {
  const query = params.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${encoded(value)}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

function encoded(value: string): string {
  if (isUnfilledMacro(value) && !BREAKS_A_PARAMETER.test(value)) return value
  return encodeForUrl(value)
}
