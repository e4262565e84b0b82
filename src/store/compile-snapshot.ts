import type {
  Snapshot,
  SnapshotCampaign,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import type { AffiliateNetwork } from './affiliate-networks.ts'
import type { Campaign } from './campaigns.ts'
import type { Lander } from './landers.ts'
import { loadConfiguration } from './load-configuration.ts'
import type { Offer } from './offers.ts'
import type { TrafficSource } from './traffic-sources.ts'
import type { Db } from './transaction.ts'
import type { Workspace } from './workspaces.ts'

const CLICK_ID_MACRO = '{clickid}'
/** The macro, with or without modifiers. */
const CLICK_ID_PLACED = /\{clickid[|}]/

/** What edges answer from: everything in use. An offer in use keeps the name and parameter of its network. */
export async function compileSnapshot(db: Db): Promise<Snapshot> {
  const now = await db.transaction().setIsolationLevel('repeatable read').execute(loadConfiguration)
  return {
    format: 1,
    version: now.version,
    workspaces: [...now.workspaces.values()].map(toSnapshotWorkspace),
    trafficSources: inUse(now.trafficSources).map(toSnapshotTrafficSource),
    offers: inUse(now.offers).map((offer) =>
      toSnapshotOffer(offer, now.affiliateNetworks.get(offer.affiliateNetworkId)),
    ),
    landers: inUse(now.landers).map(toSnapshotLander),
    campaigns: inUse(now.campaigns).map(toSnapshotCampaign),
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
  const { id, currency, fallbackUrl, attributionWindowDays } = workspace
  return { id, currency, fallbackUrl, attributionWindowDays }
}

function toSnapshotTrafficSource(source: TrafficSource): SnapshotTrafficSource {
  const { id, workspace, name, externalIdParam, costParam, currency } = source
  const tokens = source.tokens.map((token) => ({ name: token.name, param: token.param }))
  return { id, workspace, name, externalIdParam, costParam, currency, tokens }
}

function toSnapshotOffer(offer: Offer, network: AffiliateNetwork | undefined): SnapshotOffer {
  const { id, workspace, name, affiliateNetworkId, payoutMicros, currency } = offer
  const url = withClickIdParam(offer.url, network?.clickIdParam ?? '')
  const affiliateNetworkName = network?.name ?? ''
  return { id, workspace, name, affiliateNetworkId, affiliateNetworkName, url, payoutMicros, currency }
}

function toSnapshotLander(lander: Lander): SnapshotLander {
  const { id, workspace, name, url, ctaCount } = lander
  return { id, workspace, name, url, ctaCount }
}

function toSnapshotCampaign(campaign: Campaign): SnapshotCampaign {
  const { id, workspace, slug, name, status, trafficSourceId, redirectMode, costModel, fallbackUrl, paths } =
    campaign
  return { id, workspace, slug, name, status, trafficSourceId, redirectMode, costModel, fallbackUrl, paths }
}
