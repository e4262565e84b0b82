import type { OfferProtocol } from '../domain/offer-terms.ts'
import type { Advertiser } from '../store/advertisers.ts'
import type { Offer } from '../store/offers.ts'
import { SCRIPT_STUB } from './campaign-script.ts'
import { type ByScheme, type IncomingSnippet, incomingSnippet, queryWith } from './incoming-snippets.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

/** Stands in snippets where the advertiser's system or page writes its own value; left as it is it counts as empty. */
const AMOUNT = '{amount}'
const CURRENCY = '{currency}'
const ORDER_ID = '{order_id}'
const CLICK_ID = '{click_id}'
const EVENT = '{event}'

const NO_TOKEN = ''

const SALE: Pairs = [
  ['payout', AMOUNT],
  ['currency', CURRENCY],
  ['txid', ORDER_ID],
]

/** What an advertiser puts in place for one event of one offer. */
export type OfferSnippets = {
  /** '' for the default event. */
  readonly event: string
  /** As people see it. */
  readonly name: string
  /** By the offer's protocol; what to hand over. */
  readonly snippet: ByScheme
  readonly postbackUrl: ByScheme
  /** For pages whose visitors' browsers keep no third-party cookies; '' for a server's postback. */
  readonly firstPartyPixel: string
  /** Judges a conversion and counts nothing; opened in a browser it shows each step. */
  readonly testUrl: string
}

/**
 * The secret that goes into what is handed over now: a new one when there is one, since it is accepted already. Who
 * may not change the configuration need not be able to forge a conversion either.
 */
export function tokenToHandOver({ token, nextToken }: Pick<Advertiser, 'token' | 'nextToken'>): string {
  return nextToken === '' ? token : nextToken
}

/** The one URL for all offers of an advertiser: the click id tells which. */
export function globalPostbackUrl(publicUrl: string, token: string): string {
  return `${publicUrl}/postback?${queryWith([['cid', CLICK_ID], ...SALE, ['event', EVENT]], token)}`
}

/**
 * For the default event, and for each goal. The token goes with postback links alone: a pixel shows it to everybody who
 * reads the page, and with it anybody could report conversions as a server.
 */
export function offerSnippets(
  offer: Pick<Offer, 'id' | 'defaultEvent'> & { readonly terms: NonNullable<Offer['terms']> },
  { publicUrl, token }: { readonly publicUrl: string; readonly token: string },
): readonly OfferSnippets[] {
  const { protocol, goals } = offer.terms
  const events = [
    { event: '', name: offer.defaultEvent },
    ...goals.map(({ event, name }) => ({ event, name: name === '' ? event : name })),
  ]
  return events.map(({ event, name }) => {
    const ofEvent: Pairs = event === '' ? SALE : [...SALE, ['event', encodeURIComponent(event)]]
    const queries = {
      postbackQuery: queryWith([['cid', CLICK_ID], ...ofEvent], token),
      pixelQuery: queryWith([['offer', offer.id], ...ofEvent], NO_TOKEN),
    }
    const all = incomingSnippet({ publicUrl, title: name, ...queries })
    return {
      event,
      name,
      snippet: byProtocol(all, protocol),
      postbackUrl: all.postbackUrl,
      firstPartyPixel: firstPartyPixel({ publicUrl, protocol, pixelQuery: queries.pixelQuery }),
      testUrl: testUrl(publicUrl, protocol, queries),
    }
  })
}

/** For the page that affiliates' links lead to, so that tp.js keeps the click id on the advertiser's own site. */
export function landingScript(publicUrl: string, clickIdParam: string): string {
  const param = clickIdParam === '' ? '' : ` data-param="${clickIdParam}"`
  return `<script src="${publicUrl}/tp.js"${param} async></script>`
}

function byProtocol(all: IncomingSnippet, protocol: OfferProtocol): ByScheme {
  switch (protocol) {
    case 'postback':
      return all.postbackUrl
    case 'image':
      return all.imagePixel
    case 'iframe':
      return all.iframePixel
    case 'script':
      return all.scriptPixel
  }
}

/**
 * The pixel of the protocol, which is the only one that is taken, with the click id that tp.js kept on the page's own
 * site.
 */
function firstPartyPixel(wanted: {
  readonly publicUrl: string
  readonly protocol: OfferProtocol
  readonly pixelQuery: string
}): string {
  const { publicUrl, protocol, pixelQuery } = wanted
  if (protocol === 'postback') return ''
  const elements = { image: 'img', iframe: 'iframe', script: 'script' }
  // What a person named is percent-encoded in the query: it ends neither the text nor the script.
  const address = JSON.stringify(`${publicUrl}/${PIXEL_PATHS[protocol]}?${pixelQuery}&fp=`)
  const call =
    `trailpost('clickid',function(id){var p=document.createElement('${elements[protocol]}');` +
    `p.width=p.height=1;p.style.border=0;p.src=${address}+id;(document.body||document.documentElement).appendChild(p)})`
  return `<script>${SCRIPT_STUB}${call}</script>\n<script src="${publicUrl}/tp.js" async></script>`
}

const PIXEL_PATHS: Readonly<Record<Exclude<OfferProtocol, 'postback'>, string>> = {
  image: 'pixel.gif',
  iframe: 'pixel.html',
  script: 'pixel.js',
}

function testUrl(
  publicUrl: string,
  protocol: OfferProtocol,
  { postbackQuery, pixelQuery }: { readonly postbackQuery: string; readonly pixelQuery: string },
): string {
  if (protocol === 'postback') return `${publicUrl}/postback?${postbackQuery}&test=1`
  return `${publicUrl}/${PIXEL_PATHS[protocol]}?${pixelQuery}&test=1`
}
