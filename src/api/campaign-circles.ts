import { FLOW_LIMITS, type Flow } from '../domain/flow.ts'
import { getCampaign } from '../store/campaigns.ts'
import { getFlow } from '../store/flows.ts'
import type { Db } from '../store/transaction.ts'
import { findCampaignsWith, findTrailAbove, type Trail } from './campaigns-above.ts'
import { inPieces, offerIdsOf } from './flow-references.ts'

/** What is about to be saved; its id is absent on creation, when nothing can lead to it yet. */
export type RoutingChange =
  | {
      readonly kind: 'campaign'
      readonly id: string | undefined
      readonly name: string
      readonly flow: FlowOf
    }
  | { readonly kind: 'flow'; readonly id: string | undefined; readonly flow: FlowOf }
  | { readonly kind: 'offer'; readonly id: string | undefined; readonly offer: OfferEdges }

type FlowOf = Pick<Flow, 'rules' | 'paths'> & { readonly flowId?: string }
/** Where an offer may lead besides its own URL; '' for nowhere. */
type OfferEdges = { readonly campaignId: string; readonly fallbackOfferId: string }

type Walk = {
  readonly db: Db
  readonly workspace: string
  readonly change: RoutingChange
  /** The longest way found so far, from what is about to be saved. */
  longest: Trail
}

/**
 * Follows campaigns that are offers of campaigns from what is about to be saved, and those that lead to it.
 * @returns why it can not be saved: visitors would go round in a circle, or through more campaigns than the edges
 * follow (FLOW_LIMITS.campaignDepthMax); undefined when it can.
 */
export async function findCircle(
  db: Db,
  workspace: string,
  change: RoutingChange,
): Promise<string | undefined> {
  const walk: Walk = { db, workspace, change, longest: [] }
  return (await followChange(walk)) ?? (await findTooDeepFromAbove(walk))
}

/** The ways that end in what is saved were short enough before: only with a way on from it can they be too long. */
async function findTooDeepFromAbove(walk: Walk): Promise<string | undefined> {
  const below = walk.change.kind === 'campaign' ? walk.longest.slice(1) : walk.longest
  if (below.length === 0) return undefined
  const above = await findTrailAbove(walk, await headsOf(walk), FLOW_LIMITS.campaignDepthMax)
  const trail = [...above, ...below]
  return trail.length - 1 > FLOW_LIMITS.campaignDepthMax ? tooDeep(trail) : undefined
}

/** Campaigns whose visitors come to what is saved before any other campaign. */
async function headsOf(walk: Walk): Promise<Trail> {
  const { db, workspace, change } = walk
  // Nothing leads to what is new.
  if (change.id === undefined) return []
  if (change.kind === 'campaign') return [{ id: change.id, name: change.name }]
  if (change.kind === 'offer') return await findCampaignsWith(walk, [change.id])
  return await db
    .selectFrom('campaigns')
    .select(['id', 'name'])
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where('flow_id', '=', change.id)
    .execute()
}

async function followChange(walk: Walk): Promise<string | undefined> {
  const { change } = walk
  const visited = new Map<string, number>()
  if (change.kind === 'campaign') {
    const start = { id: change.id ?? '', name: change.name }
    return await follow(walk, { offerIds: await offersOfFlow(walk, change.flow), trail: [start], visited })
  }
  if (change.kind === 'flow') {
    return await follow(walk, { offerIds: offerIdsOf(change.flow), trail: [], visited })
  }
  return await followOffers(walk, { offers: [change.offer], trail: [], visited })
}

type Step = { readonly trail: Trail; readonly visited: Map<string, number> }

async function follow(
  walk: Walk,
  { offerIds, ...step }: Step & { readonly offerIds: readonly string[] },
): Promise<string | undefined> {
  return await followOffers(walk, { ...step, offers: await loadOffers(walk, offerIds) })
}

async function followOffers(
  walk: Walk,
  { offers, trail, visited }: Step & { readonly offers: readonly OfferEdges[] },
): Promise<string | undefined> {
  for (const id of await campaignsBehind(walk, offers)) {
    const known = trail.findIndex((before) => before.id === id)
    if (known !== -1) return circleOf(trail.slice(known))
    // Walked before from the same depth or deeper: nothing new would be found.
    if ((visited.get(id) ?? -1) >= trail.length) continue
    visited.set(id, trail.length)
    const campaign = await loadCampaign(walk, id)
    if (campaign === undefined) continue
    const next = [...trail, { id, name: campaign.name }]
    if (next.length > walk.longest.length) walk.longest = next
    const further = walk.change.kind === 'campaign' ? next.length - 1 : next.length
    if (further > FLOW_LIMITS.campaignDepthMax) return tooDeep(next)
    const offerIds = await offersOfFlow(walk, campaign)
    const found = await follow(walk, { offerIds, trail: next, visited })
    if (found !== undefined) return found
  }
  return undefined
}

function circleOf(trail: Trail): string {
  const names = [...trail, ...trail.slice(0, 1)].map(({ name }) => `"${name}"`)
  return `visitors would go round in a circle of campaigns: ${names.join(' → ')}`
}

function tooDeep(trail: Trail): string {
  const names = trail.map(({ name }) => `"${name}"`).join(' → ')
  return `visitors would go through more than ${FLOW_LIMITS.campaignDepthMax} further campaigns: ${names}`
}

/** Of the offers, and of those that stand in for them. */
async function campaignsBehind(walk: Walk, offers: readonly OfferEdges[]): Promise<ReadonlySet<string>> {
  const campaigns = new Set<string>()
  const seen = new Set<string>()
  for (let open = offers; open.length > 0; ) {
    for (const { campaignId } of open) if (campaignId !== '') campaigns.add(campaignId)
    const standIns = open.map((offer) => offer.fallbackOfferId).filter((id) => id !== '' && !seen.has(id))
    for (const id of standIns) seen.add(id)
    open = await loadOffers(walk, [...new Set(standIns)])
  }
  return campaigns
}

async function loadOffers(walk: Walk, ids: readonly string[]): Promise<readonly OfferEdges[]> {
  const { db, workspace, change } = walk
  const edges: OfferEdges[] = []
  for (const piece of inPieces(ids)) {
    const rows = await db
      .selectFrom('offers')
      .select(['id', 'campaign_id', 'fallback_offer_id'])
      .where('workspace', '=', workspace)
      .where('id', 'in', piece)
      .execute()
    for (const row of rows) {
      const isChanged = change.kind === 'offer' && change.id === row.id
      edges.push(
        isChanged ? change.offer : { campaignId: row.campaign_id, fallbackOfferId: row.fallback_offer_id },
      )
    }
  }
  return edges
}

async function loadCampaign(
  { db, workspace, change }: Walk,
  id: string,
): Promise<(FlowOf & { readonly name: string }) | undefined> {
  if (change.kind === 'campaign' && change.id === id) return { name: change.name, ...change.flow }
  return await getCampaign(db, { workspace, id })
}

async function offersOfFlow(walk: Walk, { flowId = '', ...own }: FlowOf): Promise<readonly string[]> {
  const { db, workspace, change } = walk
  if (flowId === '') return offerIdsOf(own)
  if (change.kind === 'flow' && change.id === flowId) return offerIdsOf(change.flow)
  const shared = await getFlow(db, { workspace, id: flowId })
  return shared === undefined ? [] : offerIdsOf(shared)
}
