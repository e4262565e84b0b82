import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { type DialectRoute, HIT_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { type VisitNames, visitLegacyLink } from './legacy-link.ts'
import { renameParams } from './rename-params.ts'
import { handleVisitUpdate } from './visit-update.ts'

const SYSTEM = 'redtrack'
const UPDATE_PREFIX = '/clickupd/'
/** A campaign's link is `/{24 hex digits}`. */
const LINK = /^[\da-f]{24}$/i

/** `sub1`…`sub10` are ours as well; `ref_id` is the source's own click id. */
const VISIT_NAMES: VisitNames = { ref_id: 'external_id', cost: 'cost' }

/**
 * RedTrack's update of a visit, `/clickupd/{clickid}?…`. Its postback is at our own address with names that we
 * share.
 */
export function findRedtrackRoute(path: string): DialectRoute | undefined {
  if (!path.startsWith(UPDATE_PREFIX)) return undefined
  const clickId = path.slice(UPDATE_PREFIX.length)
  return {
    methods: HIT_METHODS,
    handle: (context, exchange) => handleVisitUpdate(context, exchange, updateOf(clickId)),
  }
}

/** @returns the campaign's legacy id; undefined for what is no such link. */
export function redtrackLegacyId(segment: string): string | undefined {
  return LINK.test(segment) ? `${SYSTEM}:${segment}` : undefined
}

/** A visit of the campaign. */
export async function visitRedtrackLink(
  context: EdgeContext,
  exchange: Exchange,
  legacyId: string,
): Promise<void> {
  await visitLegacyLink(context, exchange, { legacyId, names: VISIT_NAMES })
}

function updateOf(clickId: string): HitDialect {
  return {
    system: SYSTEM,
    rename: (params) => [['cid', clickId], ...renameParams(params, {}, { system: SYSTEM })],
  }
}
