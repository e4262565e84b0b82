import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import type { SnapshotIndex } from '../snapshot-index.ts'
import { findBemobRoute } from './bemob.ts'
import { findBinomRoute, isBinomClick } from './binom.ts'
import { findClickflareRoute } from './clickflare.ts'
import { CPV_LAB_ROUTES } from './cpv-lab.ts'
import { type DialectRoute, type DialectRoutes, LINK_METHODS } from './dialect-route.ts'
import { FUNNELFLUX_ROUTES } from './funnelflux.ts'
import { findKeitaroRoute, isKeitaroClick, KEITARO_VISIT_NAMES, keitaroLegacyId } from './keitaro.ts'
import { type VisitNames, visitLegacyLink } from './legacy-link.ts'
import { findProsper202Route } from './prosper202.ts'
import { findRedtrackRoute, redtrackLegacyId, visitRedtrackLink } from './redtrack.ts'
import { TUNE_ROUTES } from './tune.ts'
import { VOLUUM_ROUTES, voluumLegacyId } from './voluum.ts'

const BY_PATH: ReadonlyMap<string, DialectRoute> = new Map(
  [VOLUUM_ROUTES, FUNNELFLUX_ROUTES, CPV_LAB_ROUTES, TUNE_ROUTES].flatMap((routes: DialectRoutes) =>
    Object.entries(routes),
  ),
)

/**
 * What answers a URL of another system, for paths that are none of ours: whoever moves here changes a host name,
 * and the links, postbacks and pixels that are out in the world keep working. Systems are told apart by their
 * paths; a campaign keeps the id that it had in its old links.
 * @returns undefined for a path that no system knows.
 */
export function findDialect(context: EdgeContext, exchange: Exchange): DialectRoute | undefined {
  const { path, rawQuery } = exchange
  return (
    BY_PATH.get(path) ??
    findLegacyLink(context.snapshots.index, path) ??
    findBinomRoute(path, rawQuery) ??
    findProsper202Route(path) ??
    // Before Keitaro's, whose key may be any word: `/cf/postback`.
    findClickflareRoute(path) ??
    findKeitaroRoute(path, rawQuery) ??
    findRedtrackRoute(path) ??
    findBemobRoute(path)
  )
}

/** Whether one of our own paths is asked in another system's words: `/click` in Binom's, `/` in Keitaro's. */
export function isOtherSystems(path: string, rawQuery: string): boolean {
  return path === '/' ? isKeitaroClick(rawQuery) : isBinomClick(path, rawQuery)
}

/** Links of one segment, `/{id}`: Voluum's and RedTrack's are told by their shape, Keitaro's may be any word. */
function findLegacyLink(index: SnapshotIndex, path: string): DialectRoute | undefined {
  const segment = path.slice(1)
  if (segment === '' || segment.includes('/')) return undefined
  const redtrackId = redtrackLegacyId(segment)
  if (redtrackId !== undefined && index.campaignsByLegacyId.has(redtrackId)) {
    return {
      methods: LINK_METHODS,
      handle: (context, exchange) => visitRedtrackLink(context, exchange, redtrackId),
    }
  }
  const voluumId = voluumLegacyId(segment)
  if (voluumId !== undefined && index.campaignsByLegacyId.has(voluumId)) return linkRoute(voluumId, {})
  const keitaroId = keitaroLegacyId(segment)
  return index.campaignsByLegacyId.has(keitaroId) ? linkRoute(keitaroId, KEITARO_VISIT_NAMES) : undefined
}

function linkRoute(legacyId: string, names: VisitNames): DialectRoute {
  return {
    methods: LINK_METHODS,
    handle: (context, exchange) => visitLegacyLink(context, exchange, { legacyId, names }),
  }
}
