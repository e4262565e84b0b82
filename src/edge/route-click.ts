import { FALLBACK_STEPS_MAX, standIn } from '../domain/decide-route.ts'
import type { FlowPath } from '../domain/flow.ts'
import { chooseWeighted, routePoint } from '../domain/routing.ts'
import type { ClientFacts } from './client-facts.ts'
import { OfferLookups } from './offer-lookups.ts'
import type { Query } from './query.ts'
import type { RememberedVisit } from './remembered-visit.ts'
import { type Destination, goThroughCampaigns } from './route-visit.ts'
import type { IndexedCampaign, IndexedOffer, SnapshotIndex } from './snapshot-index.ts'
import { RequestFacts } from './visit-facts.ts'

export type ClickSource = {
  readonly index: SnapshotIndex
  readonly indexed: IndexedCampaign
  readonly visit: RememberedVisit
  readonly client: ClientFacts
  readonly query: Query
  readonly atMs: number
}

/** Who clicks has been here before. */
const RETURNING = { isNew: false, isNewToWorkspace: false, campaignCookie: '' }

/**
 * Where a click goes: the offer that was asked for, with several calls to action the n-th of the path, else the one
 * chosen at the visit; where it takes nobody any more its fallback, else another one of the path. The way may be a
 * cookie's claim, so it counts only as far as the configuration has it.
 * @returns undefined when no offer takes the visitor.
 */
export function routeClick(
  source: ClickSource,
  wanted: { readonly cta: number; readonly offerId: string },
): Destination | undefined {
  const { index, visit, client, atMs } = source
  const lookups = new OfferLookups(index, client.place.country, atMs)
  const offer = chooseOffer(source, lookups, wanted)
  if (offer === undefined) return undefined
  const way = { ...toWay(visit), offerId: offer.offer.id }
  if (offer.target !== undefined) return { way, lander: undefined, offer, target: offer.target }
  const facts = new RequestFacts(factsOf(source))
  return goThroughCampaigns({ index, client, facts, lookups, previous: undefined }, { way, offer })
}

function chooseOffer(
  { index, indexed, visit }: ClickSource,
  lookups: OfferLookups,
  wanted: { readonly cta: number; readonly offerId: string },
): IndexedOffer | undefined {
  const path = findPath(index, indexed, visit)
  if (path === undefined) return undefined
  const isLander = path.landers.some((ref) => ref.id === visit.landerId)
  const ctaCount = isLander ? (index.landers.get(visit.landerId)?.lander.ctaCount ?? 1) : 1
  const numbered = ctaCount > 1 ? (path.offers[wanted.cta - 1]?.id ?? '') : ''
  const chosen = leadsTo(index, path, visit.offerId) ? visit.offerId : ''
  const isOwn = index.offers.get(wanted.offerId)?.offer.workspace === indexed.workspace.id
  const candidates = [isOwn ? wanted.offerId : '', numbered, chosen].filter((id) => id !== '')
  if (candidates.length === 0) return undefined
  for (const id of candidates) if (lookups.takes(id)) return index.offers.get(id)
  for (const id of candidates) {
    const standInId = standIn(id, lookups)
    if (standInId !== '') return index.offers.get(standInId)
  }
  return index.offers.get(anotherOf(path, lookups, visit.clickId))
}

/** The path that was taken last: the campaign's own, or that of the last campaign that it led through. */
function findPath(
  index: SnapshotIndex,
  { flow }: IndexedCampaign,
  { pathId, through = [] }: RememberedVisit,
): FlowPath | undefined {
  let path = flow.path(pathId)
  for (const inner of through) {
    if (path === undefined || !leadsTo(index, path, inner.offerId)) return undefined
    const campaignId = index.offers.get(inner.offerId)?.offer.campaignId ?? ''
    path = index.campaignsById.get(campaignId)?.flow.path(inner.pathId)
  }
  return path
}

/** Whether an offer is one of the path's, or stands in for one of them. */
function leadsTo(index: SnapshotIndex, path: FlowPath, offerId: string): boolean {
  return path.offers.some((ref) => {
    let id = ref.id
    for (let step = 0; id !== '' && step <= FALLBACK_STEPS_MAX; step++) {
      if (id === offerId) return true
      id = index.offers.get(id)?.offer.fallbackOfferId ?? ''
    }
    return false
  })
}

function anotherOf(path: FlowPath, lookups: OfferLookups, clickId: string): string {
  const open = path.offers.filter((ref) => lookups.takes(ref.id))
  return chooseWeighted(open, routePoint(clickId, path.id))?.id ?? ''
}

/** The parameters of the click's own link stand in for those of the visit's that nobody remembers. */
function factsOf({ indexed, visit, client, query, atMs }: ClickSource) {
  return {
    client,
    dimensions: visit.dimensions ?? {},
    query,
    history: RETURNING,
    bot: client.bot,
    atMs,
    timeZone: indexed.workspace.timeZone,
  }
}

function toWay({ clickId, campaignId, pathId, landerId, offerId, through }: RememberedVisit) {
  const way = { clickId, campaignId, pathId, landerId, offerId }
  return through === undefined ? way : { ...way, through }
}
