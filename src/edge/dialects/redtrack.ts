import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { visitFromPage } from '../first-party/page-visit-handler.ts'
import { handleUpdate } from '../first-party/update-handler.ts'
import { handleView } from '../first-party/view-handler.ts'
import { firstValue, parseQuery } from '../query.ts'
import { type DialectRoute, HIT_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { renameVisitParams, type VisitNames, visitLegacyLink } from './legacy-link.ts'
import { renameParams } from './rename-params.ts'

const SYSTEM = 'redtrack'
const UPDATE_PREFIX = '/clickupd/'
/** A campaign's link is `/{24 hex digits}`. */
const LINK = /^[\da-f]{24}$/i

/** `sub1`…`sub10` are ours as well; `ref_id` is the source's own click id. */
const VISIT_NAMES: VisitNames = { ref_id: 'external_id', cost: 'cost' }

const VIEW: DialectRoute = { methods: HIT_METHODS, handle: handleView }

/**
 * RedTrack's update of a visit, `/clickupd/{clickid}?…`, and a lander's view, `/view?clickid=…`. Its postback is at
 * our own address with names that we share.
 */
export function findRedtrackRoute(path: string): DialectRoute | undefined {
  if (path === '/view') return VIEW
  if (!path.startsWith(UPDATE_PREFIX)) return undefined
  const clickId = path.slice(UPDATE_PREFIX.length)
  return {
    methods: HIT_METHODS,
    handle: (context, exchange) => handleUpdate(context, exchange, updateOf(clickId)),
  }
}

/** @returns the campaign's legacy id; undefined for what is no such link. */
export function redtrackLegacyId(segment: string): string | undefined {
  return LINK.test(segment) ? `${SYSTEM}:${segment}` : undefined
}

/**
 * A visit of the campaign. With `format=json` it is RedTrack's script that asks, from a page where the visitor is
 * already: it is answered with the click id, `{"clickid":"…"}`, and `referrer` says where the visitor came from.
 */
export async function visitRedtrackLink(
  context: EdgeContext,
  exchange: Exchange,
  legacyId: string,
): Promise<void> {
  const sent = parseQuery(exchange.rawQuery)
  const indexed = context.snapshots.index.campaignsByLegacyId.get(legacyId)
  if (indexed === undefined || firstValue(sent, 'format') !== 'json') {
    await visitLegacyLink(context, exchange, { legacyId, names: VISIT_NAMES })
    return
  }
  const query = renameVisitParams(sent, VISIT_NAMES, indexed)
  await visitFromPage(context, exchange, {
    indexed,
    query,
    referrer: firstValue(sent, 'referrer'),
    landerId: '',
  })
}

function updateOf(clickId: string): HitDialect {
  return {
    system: SYSTEM,
    rename: (params) => [['cid', clickId], ...renameParams(params, {}, { system: SYSTEM })],
  }
}
