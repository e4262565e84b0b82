import type { EdgeContext } from '../edge-context.ts'
import type { Exchange, HeaderList } from '../exchange.ts'
import { parseQuery, type Query } from '../query.ts'
import { type DialectRoutes, LINK_METHODS } from './dialect-route.ts'
import { followLegacyClick, numberedSubs, type VisitNames, visitLegacyLink } from './legacy-link.ts'
import { paramValue } from './param-value.ts'
import { handleLanderScript } from './prosper202-lander.ts'

const HTML: HeaderList = ['Cache-Control', 'no-store', 'Content-Type', 'text/html; charset=UTF-8']

const VISIT_NAMES: VisitNames = { ...numberedSubs('c', 4), t202kw: 'token:keyword', t202b: 'cost' }

/** Paths below `/tracking202/` that visitors follow, and the script of a lander. */
export const PROSPER202_LINK_ROUTES: DialectRoutes = {
  'redirect/dl.php': { methods: LINK_METHODS, handle: handleDirectLink },
  'redirect/rtr.php': { methods: LINK_METHODS, handle: handleDirectLink },
  'redirect/lp.php': { methods: LINK_METHODS, handle: handleLanderLink },
  'redirect/go.php': { methods: LINK_METHODS, handle: handleGo },
  'redirect/off.php': { methods: LINK_METHODS, handle: handleOfferLink },
  'redirect/pci.php': { methods: LINK_METHODS, handle: handleOfferLink },
  'static/landing.php': { methods: LINK_METHODS, handle: handleLanderScript },
}

/** dl.php and rtr.php: a visit of the campaign that keeps the tracker's id, `prosper202:T202ID`. */
async function handleDirectLink(context: EdgeContext, exchange: Exchange): Promise<void> {
  const id = paramValue(parseQuery(exchange.rawQuery), 't202id').trim()
  if (/^\d+$/.test(id)) {
    await visitLegacyLink(context, exchange, { legacyId: `prosper202:${id}`, names: VISIT_NAMES })
  } else exchange.send(200, HTML, '')
}

/** lp.php: from a lander with one offer on to it. */
async function handleLanderLink(context: EdgeContext, exchange: Exchange): Promise<void> {
  await followLegacyClick(context, exchange, { query: clickQuery(parseQuery(exchange.rawQuery)) })
}

/** go.php asks by its parameter for lp.php, off.php or the redirector of a lander. */
async function handleGo(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  if (paramValue(query, 'acip') !== '') await handleOfferLink(context, exchange)
  else if (paramValue(query, 'lpip') !== '' || paramValue(query, 'rpi') !== '') {
    await handleLanderLink(context, exchange)
  } else exchange.send(200, HTML, 'Missing LPIP, ACIP or RPI variable!')
}

/**
 * off.php and pci.php: on to the offer that keeps the campaign's public id, `prosper202:ACIP`; without one, to the
 * offer that was chosen at the visit. The visit is that of `pci`, else of the browser's cookie; never that of an
 * address.
 */
async function handleOfferLink(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const acip = paramValue(query, 'acip')
  const offer = context.snapshots.index.offersByLegacyId.get(`prosper202:${acip}`)
  await followLegacyClick(context, exchange, {
    query: clickQuery(query),
    ...(offer === undefined ? {} : { offerId: offer.offer.id }),
  })
}

/** `pci` is the visit's id in links of a lander. */
function clickQuery(query: Query): Query {
  return { ...query, names: query.names.map((name) => (name.toLowerCase() === 'pci' ? 'cid' : name)) }
}
