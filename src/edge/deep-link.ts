import { deepLinkProblem } from '../domain/affiliate-link.ts'
import { withClickId } from '../domain/click-id-param.ts'
import { LIMITS } from '../domain/limits.ts'
import type { IndexedTerms } from './indexed-terms.ts'
import { firstValue, type Query } from './query.ts'

/** Header values are printable ASCII. */
const PRINTABLE = /^[\x21-\x7e]+$/

/**
 * The page of the advertiser that an affiliate's link asks for by `url`, with the click id. It is taken as the browser
 * would read it (WHATWG URL), so that the host that was judged is the host that the visitor reaches.
 * @returns undefined when the offer's terms do not allow the page.
 */
export function deepLinkTarget(
  url: string,
  clickId: string,
  { terms, deepLinkDomains }: Pick<IndexedTerms, 'terms' | 'deepLinkDomains'>,
): string | undefined {
  if (deepLinkProblem(url, deepLinkDomains) !== '') return undefined
  const href = URL.parse(url)?.href ?? ''
  return PRINTABLE.test(href) ? withClickId(href, terms.clickIdParam, clickId) : undefined
}

/** `url` of a link, whole: addresses may be longer than other values, and half of one leads to another page. */
export function readDeepLink(query: Query, rawQuery: string): string {
  const url = firstValue(query, 'url')
  return url.length < LIMITS.paramValueCharsMax ? url : (new URLSearchParams(rawQuery).get('url') ?? '')
}
