import type { HitAnswer } from '../../domain/hit.ts'
import { showAffiliateImpression } from '../affiliate-impression-handler.ts'
import { followAffiliateLink } from '../affiliate-link-handler.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange, HeaderList } from '../exchange.ts'
import { sendFallback } from '../fallback.ts'
import { linkOf } from '../find-affiliate-link.ts'
import { judgeHit } from '../judge-hit.ts'
import { handlePixel, type PixelKind } from '../pixel-handler.ts'
import { parseQuery, type Query } from '../query.ts'
import { readHit } from '../read-hit.ts'
import type { IndexedAffiliateLink, IndexedOffer, SnapshotIndex } from '../snapshot-index.ts'
import { type DialectRoutes, HIT_METHODS, LINK_METHODS, PIXEL_METHODS } from './dialect-route.ts'
import type { HitDialect, HitParamList } from './hit-dialect.ts'
import { paramValue } from './param-value.ts'
import { firstFilled, renameParams } from './rename-params.ts'

const SYSTEM = 'tune'
const TEXT: HeaderList = ['Cache-Control', 'no-store', 'Content-Type', 'text/plain; charset=utf-8']
const RETRY_AFTER_SECONDS = '5'
const REASON_CHARS_MAX = 200

/** What names the link itself. */
const LINK_PARAMS: ReadonlySet<string> = new Set(['offer_id', 'aff_id'])

/** `source`, `aff_click_id` and `url` are ours as well; `aff_unique1`…`aff_unique5` are sub6…sub10. */
const VISIT_NAMES: ReadonlyMap<string, string> = new Map([
  ['aff_sub', 'sub1'],
  ...[2, 3, 4, 5].map((n): [string, string] => [`aff_sub${n}`, `sub${n}`]),
  ...[1, 2, 3, 4, 5].map((n): [string, string] => [`aff_unique${n}`, `sub${n + 5}`]),
  ['url_id', 'lp'],
])

/** A conversion_unique_id tells conversions apart in the place of the advertiser's own number. */
const HIT_NAMES = {
  cid: ['transaction_id'],
  payout: ['amount'],
  txid: ['conversion_unique_id', 'adv_sub'],
  event: ['goal_id', 'goal_name', 'goal_ref'],
  token: ['security_token'],
  coupon: ['promo_code'],
  ...Object.fromEntries([2, 3, 4, 5].map((n) => [`p${n}`, [`adv_sub${n}`]])),
  ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`p${n + 5}`, [`adv_unique${n}`]])),
}
/** Ids that are read below, and amounts by which a TUNE postback overrides what was agreed on: never done here. */
const FOREIGN: ReadonlySet<string> = new Set(['offer_id', 'aff_id', 'payout', 'revenue', 'a'])

/** TUNE's (HasOffers') tracking links, pixels and postbacks. Offers and affiliates keep their ids as `tune:1001`. */
export const TUNE_ROUTES: DialectRoutes = {
  '/aff_c': { methods: LINK_METHODS, handle: handleLink },
  '/aff_i': { methods: PIXEL_METHODS, handle: handleImpression },
  '/aff_l': { methods: PIXEL_METHODS, handle: handleTunePixel },
  '/aff_lsr': { methods: HIT_METHODS, handle: handleTunePostback },
  '/aff_goal': { methods: HIT_METHODS, handle: handleGoal },
}

async function handleLink(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const link = findLink(context.snapshots.index, query)
  await followAffiliateLink(context, exchange, link, toOurQuery(query))
}

async function handleImpression(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const link = findLink(context.snapshots.index, query)
  if (link === undefined) sendFallback(context, exchange, undefined)
  else await showAffiliateImpression(context, exchange, link, toOurQuery(query))
}

/** `a=lsr` is a postback of a goal, `a=l` its pixel; without it a postback is told by its transaction id. */
async function handleGoal(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const action = paramValue(query, 'a').toLowerCase()
  const isPostback =
    action === 'lsr' || (action !== 'l' && paramValue(query, 'transaction_id') !== '') || isPost(exchange)
  await (isPostback ? handleTunePostback(context, exchange) : handleTunePixel(context, exchange))
}

function isPost({ request }: Exchange): boolean {
  return request.method === 'POST'
}

async function handleTunePixel(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const kind = pixelKindOf(context.snapshots.index, exchange, query)
  await handlePixel(context, exchange, kind, dialectOf(context.snapshots.index))
}

/** One address for image and frame: the offer says which it is, else the browser, else it is a frame as in TUNE. */
function pixelKindOf(index: SnapshotIndex, exchange: Exchange, query: Query): PixelKind {
  const named = findOffer(index, paramValue(query, 'offer_id'), paramValue(query, 'goal_id'))
  const protocol = named?.offer.terms?.protocol
  if (protocol === 'image' || protocol === 'iframe') return protocol
  return exchange.request.headers['sec-fetch-dest'] === 'image' ? 'image' : 'iframe'
}

/**
 * Answers in TUNE's words and with its status 200, whatever became of the hit. One that could not be kept is answered
 * 503 all the same: its sender must try again.
 */
async function handleTunePostback(context: EdgeContext, exchange: Exchange): Promise<void> {
  const hit = await readHit(context, exchange, 'postback', dialectOf(context.snapshots.index))
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  const problem = problemOf(answer, firstFilled(hit.params, ['cid']))
  const text = problem === undefined ? 'success=true;' : `success=false; err_msg=${toReason(problem)};`
  const headers: HeaderList = ['X-Trailpost-Outcome', answer.outcome]
  if (answer.outcome !== 'overloaded') exchange.send(200, [...TEXT, ...headers], text)
  else exchange.send(503, [...TEXT, ...headers, 'Retry-After', RETRY_AFTER_SECONDS], text)
}

/** Undefined when the conversion counts, counted already, or will be judged. */
function problemOf({ outcome, reason = '' }: HitAnswer, transactionId: string): string | undefined {
  if (outcome === 'unmatched') return `Invalid Trans. ID #${transactionId}`
  if (outcome === 'test') return reason === '' ? undefined : reason
  const isTaken = outcome === 'recorded' || outcome === 'updated' || outcome === 'duplicate'
  return isTaken || outcome === 'queued' ? undefined : reason || outcome
}

/** A semicolon ends the message. */
function toReason(problem: string): string {
  return problem
    .replace(/[;\p{Cc}]+/gu, ' ')
    .slice(0, REASON_CHARS_MAX)
    .trim()
}

function dialectOf(index: SnapshotIndex): HitDialect {
  return { system: SYSTEM, rename: (params) => rename(params, index) }
}

function rename(params: HitParamList, index: SnapshotIndex): HitParamList {
  const renamed = renameParams(params, HIT_NAMES, { foreign: FOREIGN, system: SYSTEM })
  const offerId = firstFilled(params, ['offer_id'])
  const affiliateId = firstFilled(params, ['aff_id'])
  const offer = findOffer(index, offerId, firstFilled(params, ['goal_id']))
  const affiliate = affiliateId === '' ? undefined : findAffiliate(index, affiliateId)
  // An id that is not known stays, so that the judge can say so.
  const more: [string, string][] = [
    ['offer', offer?.offer.id ?? offerId],
    ['affiliate', affiliate?.affiliate.id ?? affiliateId],
  ]
  return [...renamed, ...more.filter(([, value]) => value !== '')]
}

function findLink(index: SnapshotIndex, query: Query): IndexedAffiliateLink | undefined {
  const affiliate = findAffiliate(index, paramValue(query, 'aff_id'))
  return linkOf(index, findOffer(index, paramValue(query, 'offer_id'), ''), affiliate)
}

function toOurQuery(query: Query): Query {
  const kept = query.names.flatMap((name, at) => (LINK_PARAMS.has(name.toLowerCase()) ? [] : [at]))
  return {
    names: kept.map((at) => ourName(query.names[at] ?? '')),
    values: kept.map((at) => query.values[at] ?? ''),
    excess: query.excess,
  }
}

function ourName(name: string): string {
  return VISIT_NAMES.get(name.toLowerCase()) ?? name
}

/** Our own id, or the one that it had; a goal has one of its own, kept on its offer as `tune:goal-5405`. */
function findOffer(index: SnapshotIndex, id: string, goalId: string): IndexedOffer | undefined {
  if (id === '') return goalId === '' ? undefined : index.offersByLegacyId.get(`${SYSTEM}:goal-${goalId}`)
  return index.offers.get(id) ?? index.offersByLegacyId.get(`${SYSTEM}:${id}`)
}

function findAffiliate(index: SnapshotIndex, id: string) {
  return index.affiliates.get(id) ?? index.affiliatesByLegacyId.get(`${SYSTEM}:${id}`)
}
