import type {
  Snapshot,
  SnapshotCampaign,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import { type AffiliateNetwork, toAffiliateNetwork } from './affiliate-networks.ts'
import { type Campaign, toCampaign } from './campaigns.ts'
import { loadConfigVersion } from './config-version.ts'
import { loadRates } from './currency-rates.ts'
import { type Lander, toLander } from './landers.ts'
import { type Offer, toOffer } from './offers.ts'
import { type TrafficSource, toTrafficSource } from './traffic-sources.ts'
import type { Db } from './transaction.ts'
import { listWorkspaces, type Workspace } from './workspaces.ts'

const CLICK_ID_MACRO = '{clickid}'
/** The macro, with or without modifiers. */
const CLICK_ID_PLACED = /\{clickid[|}]/

/** What edges answer from: everything in use, seen at one moment. */
export async function compileSnapshot(db: Db): Promise<Snapshot> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const networks = await loadNetworks(trx)
      return {
        format: 1,
        version: await loadConfigVersion(trx),
        workspaces: (await listWorkspaces(trx)).map(toSnapshotWorkspace),
        trafficSources: await loadTrafficSources(trx),
        offers: await loadOffers(trx, networks),
        landers: await loadLanders(trx),
        campaigns: await loadCampaigns(trx),
        ratesMicros: await loadRates(trx),
      }
    })
}

async function loadNetworks(db: Db): Promise<ReadonlyMap<string, AffiliateNetwork>> {
  // Archived ones too: an offer in use keeps the click id parameter and the name of its network.
  const rows = await db.selectFrom('affiliate_networks').selectAll().execute()
  return new Map(rows.map((row) => [row.id, toAffiliateNetwork(row)]))
}

async function loadTrafficSources(db: Db): Promise<SnapshotTrafficSource[]> {
  const rows = await db.selectFrom('traffic_sources').selectAll().where('archived_at', 'is', null).execute()
  return rows.map((row) => toSnapshotTrafficSource(toTrafficSource(row)))
}

async function loadOffers(db: Db, networks: ReadonlyMap<string, AffiliateNetwork>): Promise<SnapshotOffer[]> {
  const rows = await db.selectFrom('offers').selectAll().where('archived_at', 'is', null).execute()
  return rows.map((row) => toSnapshotOffer(toOffer(row), networks.get(row.affiliate_network_id)))
}

async function loadLanders(db: Db): Promise<SnapshotLander[]> {
  const rows = await db.selectFrom('landers').selectAll().where('archived_at', 'is', null).execute()
  return rows.map((row) => toSnapshotLander(toLander(row)))
}

async function loadCampaigns(db: Db): Promise<SnapshotCampaign[]> {
  const rows = await db.selectFrom('campaigns').selectAll().where('archived_at', 'is', null).execute()
  return rows.map((row) => toSnapshotCampaign(toCampaign(row)))
}

/**
 * The offer's URL with the network's click id parameter, without which no conversion could come back. A URL
 * that places the macro itself is left as its author wrote it.
 */
export function withClickIdParam(url: string, param: string): string {
  if (param === '' || CLICK_ID_PLACED.test(url)) return url
  const [address = '', ...fragment] = url.split('#')
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return [`${address}${joint}${param}=${CLICK_ID_MACRO}`, ...fragment].join('#')
}

function toSnapshotWorkspace(workspace: Workspace): SnapshotWorkspace {
  const { id, currency, fallbackUrl, attributionWindowDays } = workspace
  return { id, currency, fallbackUrl, attributionWindowDays }
}

function toSnapshotTrafficSource(source: TrafficSource): SnapshotTrafficSource {
  const { id, workspace, name, externalIdParam, costParam, currency, tokens } = source
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
