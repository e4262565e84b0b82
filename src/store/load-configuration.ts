import { type Advertiser, toAdvertiser } from './advertisers.ts'
import { type AffiliateNetwork, toAffiliateNetwork } from './affiliate-networks.ts'
import { type Affiliate, toAffiliate } from './affiliates.ts'
import { type Campaign, toCampaign } from './campaigns.ts'
import { loadConfigVersion } from './config-version.ts'
import { loadRates, type RatesMicros } from './currency-rates.ts'
import { type Domain, toDomain } from './domains.ts'
import { type EventSettings, toEventSettings } from './events.ts'
import { type Flow, toFlow } from './flows.ts'
import { type Lander, toLander } from './landers.ts'
import { type StoredTarget, toTarget } from './notification-targets.ts'
import { type Offer, toOffer } from './offers.ts'
import { parseOnce } from './parse-once.ts'
import { type TrafficSource, toTrafficSource } from './traffic-sources.ts'
import type { Db } from './transaction.ts'
import { listWorkspaces, type Workspace } from './workspaces.ts'

/** Everything configured, archived things too (what was recorded still names them), by id. */
export type Configuration = {
  readonly version: number
  readonly workspaces: ReadonlyMap<string, Workspace>
  readonly trafficSources: ReadonlyMap<string, TrafficSource>
  readonly affiliateNetworks: ReadonlyMap<string, AffiliateNetwork>
  readonly offers: ReadonlyMap<string, Offer>
  readonly landers: ReadonlyMap<string, Lander>
  readonly flows: ReadonlyMap<string, Flow>
  readonly campaigns: ReadonlyMap<string, Campaign>
  readonly domains: ReadonlyMap<string, Domain>
  readonly events: ReadonlyMap<string, EventSettings>
  readonly advertisers: ReadonlyMap<string, Advertiser>
  readonly affiliates: ReadonlyMap<string, Affiliate>
  readonly targets: ReadonlyMap<string, StoredTarget>
  readonly ratesMicros: RatesMicros
}

const parseCampaigns = parseOnce(toCampaign)
const parseOffers = parseOnce(toOffer)
const parseAffiliates = parseOnce(toAffiliate)
const parseTargets = parseOnce(toTarget)

/**
 * Reads the configuration as it is at one moment. The version is read first: a change that slips in between
 * on PostgreSQL has a newer version, which makes the caller load again.
 */
export async function loadConfiguration(db: Db): Promise<Configuration> {
  const version = await loadConfigVersion(db)
  const campaigns = await db.selectFrom('campaigns').selectAll().execute()
  const sources = await db.selectFrom('traffic_sources').selectAll().execute()
  const landers = await db.selectFrom('landers').selectAll().execute()
  const offers = await db.selectFrom('offers').selectAll().execute()
  const networks = await db.selectFrom('affiliate_networks').selectAll().execute()
  const flows = await db.selectFrom('flows').selectAll().execute()
  const domains = await db.selectFrom('domains').selectAll().execute()
  const events = await db.selectFrom('events').selectAll().execute()
  const advertisers = await db.selectFrom('advertisers').selectAll().execute()
  const affiliates = await db.selectFrom('affiliates').selectAll().orderBy('id').execute()
  const targets = await db
    .selectFrom('notification_targets')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return {
    version,
    workspaces: byId(await listWorkspaces(db)),
    trafficSources: byId(sources.map(toTrafficSource)),
    affiliateNetworks: byId(networks.map(toAffiliateNetwork)),
    offers: byId(parseOffers(offers)),
    landers: byId(landers.map(toLander)),
    flows: byId(flows.map(toFlow)),
    campaigns: byId(parseCampaigns(campaigns)),
    domains: byId(domains.map(toDomain)),
    events: byId(events.map(toEventSettings)),
    advertisers: byId(advertisers.map(toAdvertiser)),
    affiliates: byId(parseAffiliates(affiliates)),
    targets: byId(parseTargets(targets)),
    ratesMicros: await loadRates(db),
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}
