import { verifyClickId } from '../domain/click-id.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import { cookieValue, LATEST_COOKIE, wayFromCookies } from './cookies.ts'
import type { EdgeContext } from './edge-context.ts'
import { firstValue, type Query } from './query.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import type { SnapshotIndex } from './snapshot-index.ts'

/** What a lander's link may call the click id: `cid`, or the name it was given to the lander under. */
const CLICK_ID_NAMES = ['cid', 'clickid', 'click_id', 'subid'] as const

export type VisitQuestion = {
  readonly query: Query
  readonly cookies: string | undefined
  readonly index: SnapshotIndex
}

/**
 * The visit that a click belongs to. The click id comes from the query, else from the browser's cookie; its route
 * from the first of: the campaign's cookie, this process' memory, the edge that made the click id, core.
 * The cookie knows the route alone: for a campaign with offers whose URLs ask for more, the others are asked first.
 */
export async function findVisit(
  context: EdgeContext,
  question: VisitQuestion,
): Promise<RememberedVisit | undefined> {
  const found = findClickId(context, question)
  if (found === undefined) return undefined
  const { clickId, processId } = found
  const route = wayFromCookies(question.cookies, clickId)
  const remembered = context.visits.find(clickId)
  if (remembered !== undefined) return remembered
  const needsVisit = question.index.campaignsById.get(route?.campaignId ?? '')?.flow.needsVisit ?? true
  if (route !== undefined && !needsVisit) return route
  context.metrics.count('peerLookups')
  const peerVisit = await context.peers.find(clickId, processId)
  if (peerVisit !== undefined || route !== undefined) return peerVisit ?? route
  context.metrics.count('coreLookups')
  return await context.core.findVisit(clickId)
}

/** The genuine click id that a query names, else the cookie's. */
export function findClickId(
  context: EdgeContext,
  { query, cookies }: Pick<VisitQuestion, 'query' | 'cookies'>,
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
