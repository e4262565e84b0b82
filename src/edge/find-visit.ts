import { verifyClickId } from '../domain/click-id.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { cookieValue, LATEST_COOKIE, routeFromCookies } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import { firstValue, type Query } from './query.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import type { SnapshotIndex } from './snapshot-index.ts'

/** What a lander's link may call the click id: `cid`, or the name it was given to the lander under. */
const CLICK_ID_NAMES = ['cid', 'clickid', 'click_id', 'subid'] as const

/** Macros that a click's own request fills, or the configuration: a route is enough for them. */
const VISIT_ONLY_MACRO = /^(?:externalid|cost|referrer|sub\d+|token\..+)$/

export type VisitQuestion = {
  readonly query: Query
  readonly cookies: string | undefined
  readonly index: SnapshotIndex
}

/**
 * The visit that a click belongs to. The click id comes from the query, else from the browser's cookie; its route
 * from the first of: the campaign's cookie, this process' memory, the edge that made the click id, core.
 * The cookie knows the route alone, so that an offer's URL that asks for more makes the others be asked first.
 */
export async function findVisit(
  context: EdgeContext,
  question: VisitQuestion,
): Promise<RememberedVisit | undefined> {
  const found = findClickId(context, question)
  if (found === undefined) return undefined
  const { clickId, processId } = found
  const route = routeFromCookies(question.cookies, clickId)
  const remembered = context.visits.find(clickId)
  if (remembered !== undefined) return remembered
  if (route !== undefined && !needsValues(question.index, route.campaignId, route.pathId)) return route
  context.metrics.count('peerLookups')
  const peerVisit = await context.peers.find(clickId, processId)
  if (peerVisit !== undefined || route !== undefined) return peerVisit ?? route
  context.metrics.count('coreLookups')
  return await context.core.findVisit(clickId)
}

function findClickId(
  context: EdgeContext,
  { query, cookies }: VisitQuestion,
): { readonly clickId: string; readonly processId: number } | undefined {
  const named = CLICK_ID_NAMES.map((name) => firstValue(query, name))
  const candidates = [...named, cookieValue(cookies, LATEST_COOKIE)]
  for (const clickId of candidates) {
    if (clickId === '' || isUnfilledMacro(clickId)) continue
    const check = verifyClickId(clickId, context.clickIdKey)
    if (check.ok) return { clickId, processId: check.processId }
    context.metrics.count('clickIdsRefused')
  }
  return undefined
}

/** Whether an offer of the path has a macro that only the visit's own parameters fill. */
function needsValues(index: SnapshotIndex, campaignId: string, pathId: string): boolean {
  const path = index.campaignsById.get(campaignId)?.paths.get(pathId)
  return (path?.offers ?? []).some(({ id }) =>
    index.offers.get(id)?.target.template.macros.some((macro) => VISIT_ONLY_MACRO.test(macro)),
  )
}
