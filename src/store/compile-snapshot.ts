import { withClickIdParam } from '../domain/click-id-param.ts'
import type {
  Snapshot,
  SnapshotAffiliate,
  SnapshotCampaign,
  SnapshotDomain,
  SnapshotFlow,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import type { Advertiser } from './advertisers.ts'
import type { AffiliateNetwork } from './affiliate-networks.ts'
import { AffiliateOfferIndex } from './affiliate-offer-index.ts'
import { type AffiliatePlaces, placeAffiliates } from './affiliate-places.ts'
import type { Affiliate } from './affiliates.ts'
import type { Campaign } from './campaigns.ts'
import { compileTerms } from './compile-terms.ts'
import type { Domain } from './domains.ts'
import type { Flow } from './flows.ts'
import type { Lander } from './landers.ts'
import { type Configuration, loadConfiguration } from './load-configuration.ts'
import { loadCappedAffiliates, loadCappedUntil } from './offer-caps.ts'
import type { Offer } from './offers.ts'
import { loadOptimizedWeights, withOptimizedWeights } from './optimized-weights.ts'
import type { TrafficSource } from './traffic-sources.ts'
import type { Db } from './transaction.ts'
import type { Workspace } from './workspaces.ts'

/**
 * Compiles what edges answer from: everything in use. An offer in use keeps the name and parameter of its network.
 * Between two calls it remembers affiliates' applications, of which there may be millions.
 */
export class SnapshotCompiler {
  readonly #db: Db
  readonly #applications = new AffiliateOfferIndex()
  #places: AffiliatePlaces | undefined

  constructor(db: Db) {
    this.#db = db
  }

  /**
   * One at a time.
   * @param atMs Unix milliseconds: which day and month caps are looked at for.
   */
  async compile(atMs: number): Promise<Snapshot> {
    // At the first time that may be all of them: it must not hold the transaction up.
    await this.#applications.refresh(this.#db)
    const loaded = await this.#db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((trx) => this.#load(trx, atMs))
    this.#places = placeAffiliates(inUse(loaded.now.affiliates), this.#applications, this.#places)
    return toSnapshot({ ...loaded, applications: this.#applications, places: this.#places })
  }

  async #load(trx: Db, atMs: number) {
    const now = await loadConfiguration(trx)
    const offers = inUse(now.offers)
    await this.#applications.refresh(trx)
    return {
      now,
      weights: await loadOptimizedWeights(trx),
      cappedUntil: await loadCappedUntil(trx, offers, atMs),
      cappedAffiliates: await loadCappedAffiliates(trx, advertisersOffers(offers), atMs),
    }
  }
}

/** One snapshot, from nothing that is remembered. @param atMs Unix milliseconds. */
export async function compileSnapshot(db: Db, atMs: number): Promise<Snapshot> {
  return await new SnapshotCompiler(db).compile(atMs)
}

type Loaded = {
  readonly now: Configuration
  readonly weights: Awaited<ReturnType<typeof loadOptimizedWeights>>
  readonly cappedUntil: Awaited<ReturnType<typeof loadCappedUntil>>
  readonly cappedAffiliates: Awaited<ReturnType<typeof loadCappedAffiliates>>
  readonly applications: AffiliateOfferIndex
  readonly places: AffiliatePlaces
}

function toSnapshot(loaded: Loaded): Snapshot {
  const { now, weights, places } = loaded
  return {
    format: 3,
    version: now.version,
    workspaces: [...now.workspaces.values()].map(toSnapshotWorkspace),
    trafficSources: inUse(now.trafficSources).map(toSnapshotTrafficSource),
    offers: compileOffers(loaded),
    landers: inUse(now.landers).map(toSnapshotLander),
    flows: inUse(now.flows).map((flow) => toSnapshotFlow(withOptimizedWeights(flow, weights))),
    campaigns: inUse(now.campaigns).map((own) => toSnapshotCampaign(withOptimizedWeights(own, weights))),
    domains: inUse(now.domains).map(toSnapshotDomain),
    affiliates: places.affiliates.map(toSnapshotAffiliate),
    ratesMicros: now.ratesMicros,
  }
}

function compileOffers({
  now,
  cappedUntil,
  cappedAffiliates,
  applications,
  places,
}: Loaded): SnapshotOffer[] {
  const placeById = new Map(places.affiliates.map(({ id }, place) => [id, place]))
  return inUse(now.offers).map((offer) => {
    const advertiser = now.advertisers.get(offer.advertiserId)
    const parts = {
      advertiser,
      currency: now.workspaces.get(offer.workspace)?.currency ?? '',
      ratesMicros: now.ratesMicros,
      applications: applications.of(offer.id),
      places,
      placeById,
      capped: cappedAffiliates.get(offer.id) ?? [],
    }
    const network = now.affiliateNetworks.get(offer.affiliateNetworkId)
    return {
      ...toSnapshotOffer(offer, network, advertiser),
      cappedUntil: cappedUntil.get(offer.id) ?? 0,
      terms: offer.terms === null ? null : compileTerms(offer, offer.terms, parts),
    }
  })
}

function advertisersOffers(offers: readonly Offer[]): Offer[] {
  return offers.filter(({ terms }) => terms !== null)
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
  advertiser: Advertiser | undefined,
): Omit<SnapshotOffer, 'cappedUntil' | 'terms'> {
  const clickIdParam = (advertiser ?? network)?.clickIdParam ?? ''
  return {
    id: offer.id,
    workspace: offer.workspace,
    name: offer.name,
    affiliateNetworkId: offer.affiliateNetworkId,
    affiliateNetworkName: network?.name ?? '',
    url: offer.campaignId === '' ? withClickIdParam(offer.url, clickIdParam) : '',
    campaignId: offer.campaignId,
    payoutMicros: offer.payoutMicros,
    currency: offer.currency,
    countries: offer.countries,
    fallbackOfferId: offer.fallbackOfferId,
    legacyIds: offer.legacyIds,
    advertiserId: offer.advertiserId,
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

/** By the affiliate as it was loaded, as campaigns. */
const snapshotAffiliates = new WeakMap<Affiliate, SnapshotAffiliate>()

function toSnapshotAffiliate(affiliate: Affiliate): SnapshotAffiliate {
  const { id, workspace, name, status, tier, blockedSources, legacyIds } = affiliate
  const known = snapshotAffiliates.get(affiliate) ?? {
    id,
    workspace,
    name,
    status,
    tier,
    blockedSources,
    legacyIds,
  }
  snapshotAffiliates.set(affiliate, known)
  return known
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
