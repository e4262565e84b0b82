import type {
  Snapshot,
  SnapshotCampaign,
  SnapshotDomain,
  SnapshotFlow,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import type { AffiliateNetwork } from './affiliate-networks.ts'
import type { Campaign } from './campaigns.ts'
import type { Domain } from './domains.ts'
import type { Flow } from './flows.ts'
import type { Lander } from './landers.ts'
import { loadConfiguration } from './load-configuration.ts'
import { loadCappedUntil } from './offer-caps.ts'
import type { Offer } from './offers.ts'
import { loadOptimizedWeights, withOptimizedWeights } from './optimized-weights.ts'
import type { TrafficSource } from './traffic-sources.ts'
import type { Db } from './transaction.ts'
import type { Workspace } from './workspaces.ts'

const CLICK_ID_MACRO = '{clickid}'
/** The macro, with or without modifiers. */
const CLICK_ID_PLACED = /\{clickid[|}]/

/**
 * What edges answer from: everything in use. An offer in use keeps the name and parameter of its network.
 * @param atMs Unix milliseconds: which day and month caps are looked at for.
 */
export async function compileSnapshot(db: Db, atMs: number): Promise<Snapshot> {
  const { now, weights, cappedUntil } = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const configuration = await loadConfiguration(trx)
      return {
        now: configuration,
        weights: await loadOptimizedWeights(trx),
        cappedUntil: await loadCappedUntil(trx, inUse(configuration.offers), atMs),
      }
    })
  return {
    format: 3,
    version: now.version,
    workspaces: [...now.workspaces.values()].map(toSnapshotWorkspace),
    trafficSources: inUse(now.trafficSources).map(toSnapshotTrafficSource),
    offers: inUse(now.offers).map((offer) => ({
      ...toSnapshotOffer(offer, now.affiliateNetworks.get(offer.affiliateNetworkId)),
      cappedUntil: cappedUntil.get(offer.id) ?? 0,
    })),
    landers: inUse(now.landers).map(toSnapshotLander),
    flows: inUse(now.flows).map((flow) => toSnapshotFlow(withOptimizedWeights(flow, weights))),
    campaigns: inUse(now.campaigns).map((own) => toSnapshotCampaign(withOptimizedWeights(own, weights))),
    domains: inUse(now.domains).map(toSnapshotDomain),
    affiliates: [],
    ratesMicros: now.ratesMicros,
  }
}

/**
 * The offer's URL with the network's click id parameter, without which no conversion could come back. A URL
 * that places the macro itself is left as its author wrote it.
 */
export function withClickIdParam(url: string, param: string): string {
  if (param === '' || CLICK_ID_PLACED.test(url)) return url
  const [address = '', ...fragment] = url.split('#')
  return [`${address}${jointOf(address)}${param}=${CLICK_ID_MACRO}`, ...fragment].join('#')
}

function jointOf(address: string): string {
  if (!address.includes('?')) return '?'
  return /[?&]$/.test(address) ? '' : '&'
}

function inUse<T extends { readonly archivedAt: number | null }>(items: ReadonlyMap<string, T>): T[] {
  return [...items.values()].filter((item) => item.archivedAt === null)
}

function toSnapshotWorkspace(workspace: Workspace): SnapshotWorkspace {
  const { id, currency, timeZone, fallbackUrl, attributionWindowDays, uniqueHours, fraud } = workspace
  return { id, currency, timeZone, fallbackUrl, attributionWindowDays, uniqueHours, fraud }
}

function toSnapshotTrafficSource(source: TrafficSource): SnapshotTrafficSource {
  const { id, workspace, name, externalIdParam, costParam, currency, trafficLossPercent } = source
  const tokens = source.tokens.map((token) => ({ name: token.name, param: token.param }))
  return { id, workspace, name, externalIdParam, costParam, currency, tokens, trafficLossPercent }
}

function toSnapshotOffer(
  offer: Offer,
  network: AffiliateNetwork | undefined,
): Omit<SnapshotOffer, 'cappedUntil'> {
  return {
    id: offer.id,
    workspace: offer.workspace,
    name: offer.name,
    affiliateNetworkId: offer.affiliateNetworkId,
    affiliateNetworkName: network?.name ?? '',
    url: offer.campaignId === '' ? withClickIdParam(offer.url, network?.clickIdParam ?? '') : '',
    campaignId: offer.campaignId,
    payoutMicros: offer.payoutMicros,
    currency: offer.currency,
    countries: offer.countries,
    fallbackOfferId: offer.fallbackOfferId,
    legacyIds: offer.legacyIds,
    advertiserId: offer.advertiserId,
    terms: null,
  }
}

function toSnapshotLander(lander: Lander): SnapshotLander {
  const { id, workspace, name, url, ctaCount, protection, legacyIds } = lander
  return { id, workspace, name, url, ctaCount, protection, legacyIds }
}

function toSnapshotFlow(flow: Flow): SnapshotFlow {
  const { id, workspace, name, rules, paths, sticky } = flow
  return { id, workspace, name, rules, paths, sticky }
}

/** By the campaign as it was loaded: an unchanged one is the same object (parse-once.ts), and so is what it becomes. */
const snapshotCampaigns = new WeakMap<Campaign, SnapshotCampaign>()

function toSnapshotCampaign(campaign: Campaign): SnapshotCampaign {
  const known = snapshotCampaigns.get(campaign) ?? selectSnapshotFields(campaign)
  snapshotCampaigns.set(campaign, known)
  return known
}

function selectSnapshotFields(campaign: Campaign): SnapshotCampaign {
  return {
    id: campaign.id,
    workspace: campaign.workspace,
    slug: campaign.slug,
    name: campaign.name,
    status: campaign.status,
    trafficSourceId: campaign.trafficSourceId,
    redirectMode: campaign.redirectMode,
    costModel: campaign.costModel,
    fallbackUrl: campaign.fallbackUrl,
    flowId: campaign.flowId,
    rules: campaign.rules,
    paths: campaign.paths,
    sticky: campaign.sticky,
    uniqueHours: campaign.uniqueHours,
    legacyIds: campaign.legacyIds,
  }
}

function toSnapshotDomain(domain: Domain): SnapshotDomain {
  const { name, workspace, defaultCampaignId, fallbackUrl } = domain
  return { host: name, workspace, defaultCampaignId, fallbackUrl }
}
