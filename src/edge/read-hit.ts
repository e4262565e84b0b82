import { verifyClickId } from '../domain/click-id.ts'
import type { Hit, HitKind } from '../domain/hit.ts'
import { LIMITS } from '../domain/limits.ts'
import { cookieValue, LATEST_COOKIE, offerClickIds } from './cookies.ts'
import type { HitDialect } from './dialects/hit-dialect.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { headerText } from './header-text.ts'
import { joinParams, parseHitBody } from './hit-body.ts'
import { cutText, EMPTY_QUERY, parseQuery, type Query } from './query.ts'
import { readBody } from './read-body.ts'

const CLICK_ID_CHARS = 26

/**
 * Reads a postback or pixel request. What cannot be read becomes a hit with a `problem`, so that its owner finds
 * it in the log instead of nothing.
 * @param dialect the other system whose URL it came by: the parameters are then put under our names, while
 *   `path` and `rawQuery` stay as sent.
 * @returns undefined when the sender went away in mid-request.
 */
export async function readHit(
  context: EdgeContext,
  exchange: Exchange,
  kind: HitKind,
  dialect?: HitDialect,
): Promise<Hit | undefined> {
  const query = parseQuery(exchange.rawQuery)
  const body = await readHitBody(exchange)
  if (body === undefined) return undefined
  const excess = query.excess + (body.query?.excess ?? 0)
  if (excess > 0) context.metrics.count('paramsExcess', excess)
  const { request } = exchange
  const cookies = request.headers.cookie
  const latest = cookieValue(cookies, LATEST_COOKIE)
  const perOffer = offerClickIds(cookies)
  const nowMs = context.clock()
  const params = joinParams(query, body.query ?? EMPTY_QUERY)
  return {
    id: context.makeHitId(nowMs),
    kind,
    at: nowMs,
    method: request.method ?? '',
    host: cutText(request.headers.host ?? '', LIMITS.paramValueCharsMax),
    path: exchange.path,
    rawQuery: exchange.rawQuery,
    params,
    ip: context.addresses.address(request),
    userAgent: headerText(request.headers['user-agent'], LIMITS.userAgentCharsMax),
    referrer: headerText(request.headers.referer, LIMITS.referrerCharsMax),
    ...(latest.length === CLICK_ID_CHARS ? { cookieClickId: latest } : {}),
    ...firstPartyOf(context, params),
    ...(perOffer === undefined ? {} : { cookieOfferClickIds: perOffer }),
    ...(body.problem === undefined ? {} : { problem: body.problem }),
    ...(dialect === undefined ? {} : inOurWords(params, dialect)),
  }
}

/** `fp`, the click id that tp.js keeps; one that is not genuine counts as absent. */
function firstPartyOf(context: EdgeContext, params: Hit['params']): Pick<Hit, 'firstPartyClickId'> {
  const [, clickId = ''] = params.find(([name]) => name === 'fp') ?? []
  return verifyClickId(clickId, context.clickIdKey).ok ? { firstPartyClickId: clickId } : {}
}

function inOurWords(
  params: Hit['params'],
  dialect: HitDialect,
): Pick<Hit, 'params' | 'dialect' | 'duplicatePolicy'> {
  const duplicatePolicy = dialect.duplicatePolicy?.(params)
  return {
    dialect: dialect.system,
    params: dialect.rename(params),
    ...(duplicatePolicy === undefined ? {} : { duplicatePolicy }),
  }
}

type HitBody = { readonly query?: Query; readonly problem?: string }

async function readHitBody(exchange: Exchange): Promise<HitBody | undefined> {
  if (exchange.request.method !== 'POST') return {}
  const body = await readBody(exchange.request)
  if (!body.ok) {
    if (body.problem === 'aborted') return undefined
    exchange.closeAfterAnswer()
    return { problem: body.problem }
  }
  if (exchange.request.headers['content-encoding'] !== undefined) {
    return { problem: 'a compressed body is not understood' }
  }
  const parsed = parseHitBody(body.bytes, exchange.request.headers['content-type'] ?? '')
  return parsed.ok ? { query: parsed.query } : { problem: parsed.problem }
}
