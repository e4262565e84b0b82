import { sql } from 'kysely'
import { type Campaign, toCampaign } from '../store/campaigns.ts'
import { type Flow, toFlow } from '../store/flows.ts'
import type { OwnedId } from '../store/owned.ts'
import type { Db } from '../store/transaction.ts'
import { landerIdsOf, offerIdsOf } from './flow-references.ts'
import { Problem } from './problem.ts'

/** More names than these help nobody. */
const USERS_NAMED_MAX = 10

/** Refuses to archive an offer that visitors are sent to. */
export async function checkOfferArchive(db: Db, key: OwnedId): Promise<void> {
  const fallbacks = await namesWith(db, key, 'offers', 'fallback_offer_id')
  const users = fallbacks.map((name) => `offer "${name}" (as its fallback)`)
  refuseWhileUsed('offer', [...(await usersOfRef(db, key, offerIdsOf)), ...users])
}

export async function checkLanderArchive(db: Db, key: OwnedId): Promise<void> {
  refuseWhileUsed('lander', await usersOfRef(db, key, landerIdsOf))
}

export async function checkFlowArchive(db: Db, key: OwnedId): Promise<void> {
  refuseWhileUsed('flow', await activeCampaignsWith(db, key, 'flow_id'))
}

export async function checkDomainArchive(db: Db, key: OwnedId): Promise<void> {
  refuseWhileUsed('domain', await activeCampaignsWith(db, key, 'domain_id'))
}

/** An advertiser's offers would go on sending visitors to somebody who pays no more. */
export async function checkAdvertiserArchive(db: Db, key: OwnedId): Promise<void> {
  const offers = await namesWith(db, key, 'offers', 'advertiser_id')
  refuseWhileUsed(
    'advertiser',
    offers.map((name) => `offer "${name}"`),
  )
}

/** A campaign is used by offers that lead on through it, and by domains whose default it is. */
export async function checkCampaignArchive(db: Db, key: OwnedId): Promise<void> {
  const offers = await namesWith(db, key, 'offers', 'campaign_id')
  const domains = await namesWith(db, key, 'domains', 'default_campaign_id')
  refuseWhileUsed('campaign', [
    ...offers.map((name) => `offer "${name}"`),
    ...domains.map((name) => `domain "${name}"`),
  ])
}

/** Names of the table's other things in use whose column has the id. */
async function namesWith(
  db: Db,
  { workspace, id }: OwnedId,
  table: 'offers' | 'domains',
  column: 'fallback_offer_id' | 'campaign_id' | 'advertiser_id' | 'default_campaign_id',
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom(table)
    .select('name')
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where(sql.ref(column), '=', id)
    .where('id', '<>', id)
    .execute()
  return rows.map(({ name }) => name)
}

function refuseWhileUsed(what: string, users: readonly string[]): void {
  if (users.length === 0) return
  const named = users.slice(0, USERS_NAMED_MAX).join(', ')
  const others = users.length > USERS_NAMED_MAX ? ` and ${users.length - USERS_NAMED_MAX} more` : ''
  const detail = `This ${what} is in use by ${named}${others}: take it out there first.`
  throw new Problem(409, 'in_use', detail)
}

/** Active campaigns with a flow of their own, and shared flows, whose flow names the thing. */
async function usersOfRef(
  db: Db,
  { workspace, id }: OwnedId,
  idsOf: (flow: Campaign | Flow) => readonly string[],
): Promise<readonly string[]> {
  // Finds few rows fast: ids are random texts. What they name is looked at again.
  const pattern = `%"${id}"%`
  const campaigns = await db
    .selectFrom('campaigns')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where('status', '=', 'active')
    .where('flow_id', '=', '')
    .where((where) => where.or([where('paths_json', 'like', pattern), where('rules_json', 'like', pattern)]))
    .execute()
  const flows = await db
    .selectFrom('flows')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where((where) => where.or([where('paths_json', 'like', pattern), where('rules_json', 'like', pattern)]))
    .execute()
  const uses = (flow: Campaign | Flow) => idsOf(flow).includes(id)
  return [
    ...campaigns
      .map(toCampaign)
      .filter(uses)
      .map(({ name }) => `campaign "${name}"`),
    ...flows
      .map(toFlow)
      .filter(uses)
      .map(({ name }) => `flow "${name}"`),
  ]
}

async function activeCampaignsWith(
  db: Db,
  { workspace, id }: OwnedId,
  column: 'flow_id' | 'domain_id',
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('campaigns')
    .select('name')
    .where('workspace', '=', workspace)
    .where('archived_at', 'is', null)
    .where('status', '=', 'active')
    .where(column, '=', id)
    .execute()
  return rows.map(({ name }) => `campaign "${name}"`)
}
