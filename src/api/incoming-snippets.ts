import type { AffiliateNetworkTemplate } from '../catalogue/catalogue-schema.ts'
import { type PostbackUrl, postbackUrls, toQueryText } from '../catalogue/postback-urls.ts'

/** The same text for pages and servers of either kind; which one is right depends on the page that holds it. */
export type ByScheme = { readonly https: string; readonly http: string }

export type IncomingSnippet = {
  /** Which of the network's fields it goes into; '' when it has one alone. */
  readonly title: string
  readonly postbackUrl: ByScheme
  readonly imagePixel: ByScheme
  readonly iframePixel: ByScheme
  readonly scriptPixel: ByScheme
}

type SnippetsRequest = {
  /** Of the tracking host, without a trailing slash. */
  readonly publicUrl: string
  /** Secret of the network; '' for none. */
  readonly token: string
  /** What the network is known to write; undefined for braces that the user fills in. */
  readonly template: AffiliateNetworkTemplate | undefined
}

/**
 * What a network or an advertiser puts in place to report conversions (PROTOCOL section 2), with the network's own
 * macros in it; one that is left as it is counts as empty. One for each state or event when the network can not
 * tell them apart by a macro. The token goes with pixels too, since hits of a network that has one are refused
 * without it; visitors can read it there, so the postback is the safer way.
 */
export function incomingSnippets({
  publicUrl,
  token,
  template,
}: SnippetsRequest): readonly IncomingSnippet[] {
  return postbackUrls(template).map((url) =>
    incomingSnippet({
      publicUrl,
      title: url.title,
      postbackQuery: queryWith(url.pairs, token),
      pixelQuery: queryWith(pixelPairs(url, template), token),
    }),
  )
}

/** The same hit in each way that it can be reported. Queries are text, encoded as they are to stand in the URL. */
export function incomingSnippet(wanted: {
  readonly publicUrl: string
  readonly title: string
  readonly postbackQuery: string
  readonly pixelQuery: string
}): IncomingSnippet {
  const { publicUrl, title, postbackQuery, pixelQuery } = wanted
  const host = publicUrl.replace(/^https?:/, '')
  const byScheme = (build: (origin: string) => string) => ({
    https: build(`https:${host}`),
    http: build(`http:${host}`),
  })
  const pixel = (path: string, element: (address: string) => string) =>
    byScheme((origin) => element(escapeAttribute(`${origin}/${path}?${pixelQuery}`)))
  return {
    title,
    postbackUrl: byScheme((origin) => `${origin}/postback?${postbackQuery}`),
    imagePixel: pixel('pixel.gif', (address) => `<img src="${address}" width="1" height="1" alt="">`),
    iframePixel: pixel(
      'pixel.html',
      (address) => `<iframe src="${address}" width="1" height="1" style="border:0" title=""></iframe>`,
    ),
    scriptPixel: pixel('pixel.js', (address) => `<script src="${address}" async></script>`),
  }
}

/** Those to show first: in the scheme of the tracking host, and of the network's first field. */
export function firstSnippet(snippets: readonly IncomingSnippet[], publicUrl: string) {
  const scheme = publicUrl.startsWith('https:') ? 'https' : 'http'
  const [first] = snippets
  return {
    postbackUrl: first?.postbackUrl[scheme] ?? '',
    imagePixel: first?.imagePixel[scheme] ?? '',
    iframePixel: first?.iframePixel[scheme] ?? '',
    scriptPixel: first?.scriptPixel[scheme] ?? '',
  }
}

/** Where no macro is known, a pixel's visit is found by cookie, and its state is approved. */
function pixelPairs(url: PostbackUrl, template: AffiliateNetworkTemplate | undefined): PostbackUrl['pairs'] {
  const isKnown = template !== undefined && template.incoming.clickId !== ''
  return isKnown ? url.pairs : url.pairs.filter(([name]) => name !== 'cid' && name !== 'status')
}

export function queryWith(pairs: PostbackUrl['pairs'], token: string): string {
  return toQueryText(token === '' ? pairs : [...pairs, ['token', encodeURIComponent(token)]])
}

/** Angle brackets stay: some networks write their macros in them, and would not find them otherwise. */
function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
