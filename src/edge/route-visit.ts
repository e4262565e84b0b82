import { decideRoute, type PreviousRoute, type RouteLookups } from '../domain/decide-route.ts'
import { FLOW_LIMITS } from '../domain/flow.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import type { ClientFacts } from './client-facts.ts'
import { parseWay } from './cookies.ts'
import { OfferLookups } from './offer-lookups.ts'
import type { VisitWay } from './remembered-visit.ts'
import type { IndexedCampaign, IndexedLander, IndexedOffer, SnapshotIndex } from './snapshot-index.ts'
import type { Target } from './target.ts'
import type { CampaignVisit } from './visit.ts'
import { RequestFacts } from './visit-facts.ts'

/** Where a visit goes, and why; `ruleId` is '' when no rule decided. */
export type VisitRouting =
  | ({ readonly found: true; readonly ruleId: string; readonly reason: string } & Destination)
  | { readonly found: false; readonly ruleId: string; readonly reason: string }

/** A lander, or an offer with a URL. With a lander the offer may still be a campaign: its turn comes at the click. */
export type Destination = {
  readonly way: VisitWay
  readonly lander: IndexedLander | undefined
  readonly offer: IndexedOffer
  /** The lander's URL, else the offer's. */
  readonly target: Target
}

/** Who goes through flows. */
export type Traveller = {
  readonly index: SnapshotIndex
  readonly client: ClientFacts
  readonly facts: VisitFacts
  readonly lookups: RouteLookups
  /** The way of the visitor's visit before this one. */
  readonly previous: VisitWay | undefined
}

/** Decides where a visit goes. Pure but for the flow's compiling at its first visitor. */
export function routeVisit(visit: CampaignVisit): VisitRouting {
  const { link, index, clickId } = visit
  if (link.campaign.status !== 'active') return { found: false, ruleId: '', reason: 'paused' }
  const traveller = travellerOf(visit)
  const decision = decide(traveller, link, clickId, previousRoute(traveller.previous, 0))
  const { ruleId, reason } = decision
  if (!decision.found) return decision
  const { pathId, landerId, offerId } = decision
  const offer = index.offers.get(offerId)
  if (offer === undefined) return { found: false, ruleId, reason }
  const lander = index.landers.get(landerId)
  const way = { clickId, campaignId: link.campaign.id, pathId, landerId, offerId }
  const destination =
    lander === undefined
      ? goThroughCampaigns(traveller, { way, offer })
      : { way, lander, offer, target: lander.target }
  return destination === undefined
    ? { found: false, ruleId, reason: `${reason}, campaign leads nowhere` }
    : { found: true, ruleId, reason, ...destination }
}

/**
 * Goes on from an offer: while it is a campaign, through that campaign's flow, to the first lander or offer with a
 * URL. Campaigns that lead to each other in a circle run into the limit.
 * @returns undefined when the way ends nowhere.
 */
export function goThroughCampaigns(
  traveller: Traveller,
  start: { readonly way: VisitWay; readonly offer: IndexedOffer },
): Destination | undefined {
  const { index, previous } = traveller
  let { way, offer } = start
  for (let depth = 0; depth <= FLOW_LIMITS.campaignDepthMax; depth++) {
    const { target } = offer
    if (target !== undefined) return { way, lander: undefined, offer, target }
    const through = way.through ?? []
    const inner = index.campaignsById.get(offer.offer.campaignId)
    if (inner === undefined || through.length >= FLOW_LIMITS.campaignDepthMax) return undefined
    const decision = decide(traveller, inner, way.clickId, previousRoute(previous, through.length + 1))
    const next = decision.found ? index.offers.get(decision.offerId) : undefined
    if (!decision.found || next === undefined) return undefined
    const { pathId, landerId } = decision
    const passed = [...through, { offerId: offer.offer.id, pathId }]
    way = { ...way, landerId, offerId: next.offer.id, through: passed }
    offer = next
    const lander = index.landers.get(landerId)
    if (lander !== undefined) return { way, lander, offer, target: lander.target }
  }
  return undefined
}

function decide(
  { client, facts, lookups }: Traveller,
  { flow, campaign }: IndexedCampaign,
  seed: string,
  previous: PreviousRoute | undefined,
) {
  return decideRoute({
    flow: flow.compiledFor(client, facts),
    facts,
    lookups,
    seed,
    salt: campaign.id,
    previous,
  })
}

function travellerOf(visit: CampaignVisit): Traveller {
  const { index, link, client, query, history, bot, atMs } = visit
  const { campaign, workspace } = link
  const { timeZone } = workspace
  const { dimensions } = visit.params
  return {
    index,
    client,
    facts: new RequestFacts({ client, dimensions, query, history, bot, atMs, timeZone }),
    lookups: new OfferLookups(index, client.place.country, atMs),
    previous: history.campaignCookie === '' ? undefined : parseWay(campaign.id, history.campaignCookie),
  }
}

/** The part of an earlier way that one campaign's flow decided: the campaign's own at 0, then those it led through. */
function previousRoute(previous: VisitWay | undefined, depth: number): PreviousRoute | undefined {
  if (previous === undefined) return undefined
  const through = previous.through ?? []
  const pathId = depth === 0 ? previous.pathId : through[depth - 1]?.pathId
  if (pathId === undefined) return undefined
  const offerId = through[depth]?.offerId ?? previous.offerId
  return { pathId, landerId: previous.landerId, offerId }
}
