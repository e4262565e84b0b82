import { sql } from 'kysely'
import { type Campaign, toCampaign } from '../store/campaigns.ts'
import { toFlow } from '../store/flows.ts'
import type { Db } from '../store/transaction.ts'
import { inPieces, offerIdsOf } from './flow-references.ts'

/** Campaigns that lead one to the next, from the first. */
export type Trail = readonly { readonly id: string; readonly name: string }[]
type Scope = { readonly db: Db; readonly workspace: string }

/**
 * The longest way of campaigns in use that leads to one of `heads`, which is its last; [] without heads.
 * @param stepsMax longer ways are not followed further up.
 */
export async function findTrailAbove(scope: Scope, heads: Trail, stepsMax: number): Promise<Trail> {
  let level: ReadonlyMap<string, Trail> = new Map(heads.map((head) => [head.id, [head]]))
  for (let steps = 0; steps < stepsMax; steps++) {
    const above = await levelAbove(scope, level)
    if (above.size === 0) break
    level = above
  }
  return [...level.values()][0] ?? []
}

async function levelAbove(
  scope: Scope,
  level: ReadonlyMap<string, Trail>,
): Promise<ReadonlyMap<string, Trail>> {
  const trails = new Map<string, Trail>()
  for (const ids of inPieces([...level.keys()])) {
    const offers = await scope.db
      .selectFrom('offers')
      .select(['id', 'campaign_id'])
      .where('workspace', '=', scope.workspace)
      .where('campaign_id', 'in', ids)
      .execute()
    for (const { id, campaign_id: campaignId } of offers) trails.set(id, level.get(campaignId) ?? [])
  }
  const above = new Map<string, Trail>()
  for (const { id, name, offerId } of await findCampaignsWith(scope, trails.keys())) {
    above.set(id, [{ id, name }, ...(trails.get(offerId) ?? [])])
  }
  return above
}

type CampaignWith = {
  readonly id: string
  readonly name: string
  /** The one of the offers that its visitors may come to. */
  readonly offerId: string
}

/** Campaigns in use whose own or shared flow names one of the offers, or one that it stands in for. */
export async function findCampaignsWith(
  scope: Scope,
  offerIds: Iterable<string>,
): Promise<readonly CampaignWith[]> {
  const origins = await withThoseItStandsInFor(scope, offerIds)
  const found: CampaignWith[] = []
  for (const { id, name, named } of await campaignsNaming(scope, [...origins.keys()])) {
    const offerId = named.map((offer) => origins.get(offer)).find((origin) => origin !== undefined)
    if (offerId !== undefined) found.push({ id, name, offerId })
  }
  return found
}

/** Offers by id, each with the one of `offerIds` that its visitors may come to. */
async function withThoseItStandsInFor(
  { db, workspace }: Scope,
  offerIds: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const origins = new Map([...offerIds].map((id) => [id, id]))
  for (let open = [...origins.keys()]; open.length > 0; ) {
    const next: string[] = []
    for (const ids of inPieces(open)) {
      const rows = await db
        .selectFrom('offers')
        .select(['id', 'fallback_offer_id'])
        .where('workspace', '=', workspace)
        .where('fallback_offer_id', 'in', ids)
        .execute()
      for (const { id, fallback_offer_id: standIn } of rows.filter((row) => !origins.has(row.id))) {
        origins.set(id, origins.get(standIn) ?? standIn)
        next.push(id)
      }
    }
    open = next
  }
  return origins
}

/** Campaigns in use and the offers that their own or shared flow names, when one of the offers is among them. */
async function campaignsNaming(
  { db, workspace }: Scope,
  offerIds: readonly string[],
): Promise<readonly Naming[]> {
  const found = new Map<string, Naming>()
  for (const ids of inPieces(offerIds)) {
    const flows = await db
      .selectFrom('flows')
      .selectAll()
      .where('workspace', '=', workspace)
      .where(names(ids))
      .execute()
    const namedByFlow = new Map(flows.map(toFlow).map((flow) => [flow.id, offerIdsOf(flow)]))
    const campaigns = await db
      .selectFrom('campaigns')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('archived_at', 'is', null)
      .where((where) => {
        const own = where.and([where('flow_id', '=', ''), names(ids)])
        return namedByFlow.size === 0 ? own : where.or([own, where('flow_id', 'in', [...namedByFlow.keys()])])
      })
      .execute()
    for (const campaign of campaigns.map(toCampaign)) {
      const { id, name, flowId } = campaign
      found.set(id, { id, name, named: namedByFlow.get(flowId) ?? offerIdsOf(campaign) })
    }
  }
  return [...found.values()]
}

type Naming = Pick<Campaign, 'id' | 'name'> & { readonly named: readonly string[] }

/** Of a table with a flow: whether it may name one of the offers. Ids are random texts; what is found is looked at. */
function names(offerIds: readonly string[]) {
  return sql<boolean>`exists (
    select 1 from offers as named
    where named.id in (${sql.join(offerIds)})
      and (paths_json like '%"' || named.id || '"%' or rules_json like '%"' || named.id || '"%')
  )`
}
