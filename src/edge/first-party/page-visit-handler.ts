import { LIMITS } from '../../domain/limits.ts'
import { sendJson } from '../answers.ts'
import { visitCookies } from '../cookies.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { firstValue, parseQuery, type Query } from '../query.ts'
import { routeVisit, type VisitRouting } from '../route-visit.ts'
import type { IndexedCampaign, SnapshotIndex } from '../snapshot-index.ts'
import { type CampaignVisit, readVisit } from '../visit.ts'
import { keepVisit, toRemembered } from '../visit-handler.ts'
import { corsHeaders } from './cors.ts'
import { organicCampaign } from './organic-campaign.ts'
import { type PageRequest, readPageRequest, refuse } from './page-request.ts'

/** Fields that say something about the visit; every other one is a parameter of it, as if it stood in the URL. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['campaign', 'url', 'ref', 'organic', 'lander'])

/**
 * GET or POST /tp/visit?campaign=SLUG&url=…&ref=…[&lander=ID][&organic=1]: a visitor is on a page without having come
 * by a tracking link. The visit is read, routed and recorded as one of /c/SLUG with the page's parameters and
 * referrer; it is answered, as `{clickid, click}`, when it is on disk. Core need not be there.
 */
export async function handlePageVisit(context: EdgeContext, exchange: Exchange): Promise<void> {
  const { index } = context.snapshots
  if (index.version < 0) {
    refuse(exchange, 503, 'starting')
    return
  }
  const asked = await readPageRequest(context, exchange)
  if (asked === undefined) return
  const slug = firstValue(asked.query, 'campaign')
  // The script of a lander of another system knows its campaign by the id that it had there.
  const indexed = index.campaignsBySlug.get(slug) ?? index.campaignsByLegacyId.get(slug)
  if (indexed === undefined) {
    context.metrics.count('notFound')
    refuse(exchange, 404, `there is no campaign "${slug}"`)
    return
  }
  const isOrganic = firstValue(asked.query, 'organic') === '1'
  await visitFromPage(context, exchange, {
    indexed: isOrganic ? organicCampaign(indexed) : indexed,
    query: visitQuery(asked),
    referrer: firstValue(asked.query, 'ref'),
    landerId: firstValue(asked.query, 'lander'),
  })
}

/** A visitor is on a page: where they came from, and which lander the page is, as far as it says so. */
type VisitedPage = {
  readonly indexed: IndexedCampaign
  readonly query: Query
  readonly referrer: string
  /** '' for the lander that the flow chooses. */
  readonly landerId: string
}

/** Records a visit without a redirect and answers with its click id, as `{clickid, click}`. */
export async function visitFromPage(
  context: EdgeContext,
  exchange: Exchange,
  page: VisitedPage,
): Promise<void> {
  const { indexed, query, referrer, landerId } = page
  const visit = readVisit(context, exchange, indexed, { query, pageReferrer: referrer })
  const routing = onLander(routeVisit(visit), landerId, context.snapshots.index)
  await keepVisit(context, visit, routing, '')
  answer(context, exchange, visit, routing)
}

/** What the call says itself, then what the page's address says: of a parameter in both the first counts. */
function visitQuery({ query, pageUrl }: PageRequest): Query {
  const page = parseQuery(searchOf(pageUrl))
  const names: string[] = []
  const values: string[] = []
  let excess = query.excess + page.excess
  const add = (name: string, value: string) => {
    if (names.length >= LIMITS.paramsMax) excess += 1
    else {
      names.push(name)
      values.push(value)
    }
  }
  query.names.forEach((name, at) => {
    if (!OWN_FIELDS.has(name)) add(name, query.values[at] ?? '')
  })
  page.names.forEach((name, at) => {
    add(name, page.values[at] ?? '')
  })
  return { names, values, excess }
}

/** The query string of an address, one character per byte, as parseQuery reads it. */
function searchOf(url: string): string {
  const start = url.indexOf('?')
  if (start === -1) return ''
  const end = url.indexOf('#', start)
  return Buffer.from(url.slice(start + 1, end === -1 ? undefined : end), 'utf8').toString('latin1')
}

/** The page knows which lander it is; unless it says so, it is the one that the flow chose. */
function onLander(routing: VisitRouting, landerId: string, index: SnapshotIndex): VisitRouting {
  const lander = index.landers.get(landerId)
  if (!routing.found || lander === undefined) return routing
  return { ...routing, lander, way: { ...routing.way, landerId } }
}

/** The click follows by the click id alone where browsers keep no cookies of other sites, so that it is remembered. */
function answer(context: EdgeContext, exchange: Exchange, visit: CampaignVisit, routing: VisitRouting): void {
  const { request } = exchange
  const { clickId, link } = visit
  const isHttps = context.addresses.isHttps(request)
  const headers = [...corsHeaders(exchange)]
  if (routing.found) {
    context.visits.remember(clickId, toRemembered(visit, routing.way))
    const scope = {
      https: isHttps,
      windowDays: link.workspace.attributionWindowDays,
      campaignSeconds: link.cookieSeconds,
    }
    for (const cookie of visitCookies(routing.way, scope)) headers.push('Set-Cookie', cookie)
  }
  const host = `${isHttps ? 'https' : 'http'}://${request.headers.host ?? ''}`
  sendJson(exchange, 200, { clickid: clickId, click: `${host}/click?cid=${clickId}` }, headers)
}
