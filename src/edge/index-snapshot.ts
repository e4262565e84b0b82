import type { Logger } from 'pino'
import type {
  Snapshot,
  SnapshotAffiliate,
  SnapshotCampaign,
  SnapshotDomain,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import { IndexedFlow } from './indexed-flow.ts'
import { IndexedTerms } from './indexed-terms.ts'
import {
  type IndexedAffiliate,
  type IndexedCampaign,
  type IndexedDomain,
  type IndexedLander,
  type IndexedOffer,
  type IndexedWorkspace,
  type ParamRole,
  type SnapshotIndex,
  SUB_NAMES,
  type TrackingTerms,
} from './snapshot-index.ts'
import { compileTarget, type Target } from './target.ts'
import { compileVisitCost } from './visit-cost.ts'
import { WELL_KNOWN_TOKENS } from './well-known-tokens.ts'

/** On a campaign's link: the visit is a test. */
const TEST_PARAM = 'tp_test'
const HOUR_MS = 3_600_000
const HOUR_SECONDS = 3_600
const DAY_HOURS = 24

/**
 * Compiles a snapshot. What cannot be served (a URL with an unknown macro, a campaign without its workspace) is
 * left out and logged; the rest works.
 */
export function indexSnapshot(snapshot: Snapshot, log: Logger): SnapshotIndex {
  const compile = createCompiler(log)
  const workspaces = indexWorkspaces(snapshot.workspaces, compile)
  const offers = indexOffers(snapshot.offers, log)
  const landers = indexLanders(snapshot.landers, compile)
  const affiliates = indexAffiliates(snapshot.affiliates)
  const campaigns = indexCampaigns({ snapshot, workspaces, offers, compile, log })
  const campaignsById = new Map(campaigns.map((indexed) => [indexed.campaign.id, indexed]))
  const [sole, ...others] = workspaces.values()
  return {
    version: snapshot.version,
    workspaces,
    campaignsBySlug: new Map(campaigns.map((indexed) => [indexed.campaign.slug, indexed])),
    campaignsById,
    campaignsByLegacyId: byLegacyId(campaigns, (indexed) => indexed.campaign.legacyIds),
    offers,
    offersByLegacyId: byLegacyId(offers.values(), (indexed) => indexed.offer.legacyIds),
    landers,
    landersByLegacyId: byLegacyId(landers.values(), (indexed) => indexed.lander.legacyIds),
    affiliates,
    affiliatesByLegacyId: byLegacyId(affiliates.values(), (indexed) => indexed.affiliate.legacyIds),
    domains: indexDomains(snapshot.domains, { workspaces, campaignsById, compile }),
    fallback: others.length === 0 ? sole?.fallback : undefined,
  }
}

type Compile = (url: string, owner: string) => Target | undefined

function createCompiler(log: Logger): Compile {
  return (url, owner) => {
    if (url === '') return undefined
    const compiled = compileTarget(url)
    if (compiled.ok) return compiled.target
    log.error({ owner, url, reason: compiled.reason }, 'a configured URL is not served')
    return undefined
  }
}

function indexWorkspaces(
  workspaces: readonly SnapshotWorkspace[],
  compile: Compile,
): Map<string, IndexedWorkspace> {
  const indexed = new Map<string, IndexedWorkspace>()
  for (const workspace of workspaces) {
    const fallback = compile(workspace.fallbackUrl, `fallback of workspace ${workspace.id}`)
    indexed.set(workspace.id, {
      workspace,
      fallback,
      badReferrers: new Set(workspace.fraud.badReferrers.map((domain) => domain.toLowerCase())),
      affiliateLinks: affiliateLinksOf(workspace, fallback),
    })
  }
  return indexed
}

function affiliateLinksOf(
  workspace: SnapshotWorkspace,
  fallback: Target | undefined,
): Omit<TrackingTerms, 'id' | 'rowJson'> {
  const uniqueMs = (workspace.uniqueHours || workspace.attributionWindowDays * DAY_HOURS) * HOUR_MS
  return {
    workspace,
    fallback,
    roles: AFFILIATE_ROLES,
    cost: { type: 'none' },
    uniqueMs,
    workspaceUniqueMs: uniqueMs,
  }
}

/** By the offer as it was read: an unchanged one is the same object (snapshot-reader.ts). */
const indexedOffers = new WeakMap<SnapshotOffer, IndexedOffer>()

function indexOffers(offers: readonly SnapshotOffer[], log: Logger): Map<string, IndexedOffer> {
  const compile = createCompiler(log)
  const indexed = new Map<string, IndexedOffer>()
  for (const offer of offers) {
    const one = indexedOffers.get(offer) ?? indexOffer(offer, { compile, log })
    indexedOffers.set(offer, one)
    if (one.target !== undefined || offer.campaignId !== '') indexed.set(offer.id, one)
  }
  return indexed
}

function indexOffer(
  offer: SnapshotOffer,
  { compile, log }: { readonly compile: Compile; readonly log: Logger },
): IndexedOffer {
  const terms = offer.terms === null ? undefined : new IndexedTerms(offer.terms, { offerId: offer.id, log })
  return { offer, target: compile(offer.url, `offer ${offer.id}`), terms }
}

function indexAffiliates(affiliates: readonly SnapshotAffiliate[]): Map<string, IndexedAffiliate> {
  return new Map(affiliates.map((affiliate, place) => [affiliate.id, { affiliate, place }]))
}

function indexLanders(landers: readonly SnapshotLander[], compile: Compile): Map<string, IndexedLander> {
  const indexed = new Map<string, IndexedLander>()
  for (const lander of landers) {
    const target = compile(lander.url, `lander ${lander.id}`)
    if (target !== undefined) indexed.set(lander.id, { lander, target })
  }
  return indexed
}

function byLegacyId<T>(items: Iterable<T>, idsOf: (item: T) => readonly string[]): Map<string, T> {
  const indexed = new Map<string, T>()
  for (const item of items) for (const id of idsOf(item)) indexed.set(id, item)
  return indexed
}

function indexDomains(
  domains: readonly SnapshotDomain[],
  known: {
    readonly workspaces: ReadonlyMap<string, IndexedWorkspace>
    readonly campaignsById: ReadonlyMap<string, IndexedCampaign>
    readonly compile: Compile
  },
): Map<string, IndexedDomain> {
  const indexed = new Map<string, IndexedDomain>()
  for (const domain of domains) {
    const own = known.compile(domain.fallbackUrl, `fallback of domain ${domain.host}`)
    indexed.set(domain.host, {
      domain,
      defaultCampaign: known.campaignsById.get(domain.defaultCampaignId),
      fallback: own ?? known.workspaces.get(domain.workspace)?.fallback,
    })
  }
  return indexed
}

type CampaignParts = {
  readonly snapshot: Snapshot
  readonly workspaces: ReadonlyMap<string, IndexedWorkspace>
  readonly offers: ReadonlyMap<string, IndexedOffer>
  readonly compile: Compile
  readonly log: Logger
}

function indexCampaigns(parts: CampaignParts): IndexedCampaign[] {
  const { snapshot, workspaces, offers, compile, log } = parts
  const sources = new Map(snapshot.trafficSources.map((source) => [source.id, source]))
  const flows = new Map(
    snapshot.flows.map((flow) => [flow.id, new IndexedFlow(flow, { id: flow.id, offers, log })]),
  )
  const roles = createRoles()
  const campaigns: IndexedCampaign[] = []
  for (const campaign of snapshot.campaigns) {
    const owner = workspaces.get(campaign.workspace)
    if (owner === undefined) {
      log.error({ campaign: campaign.id }, 'a campaign of an unknown workspace is not served')
      continue
    }
    const { workspace } = owner
    const source = sources.get(campaign.trafficSourceId)
    const flow = flows.get(campaign.flowId) ?? new IndexedFlow(campaign, { id: campaign.id, offers, log })
    campaigns.push({
      type: 'campaign',
      id: campaign.id,
      campaign,
      workspace,
      source,
      fallback: compile(campaign.fallbackUrl, `fallback of campaign ${campaign.id}`) ?? owner.fallback,
      flow,
      roles: roles(source, campaign),
      cost: compileVisitCost({ campaign, source, workspace, ratesMicros: snapshot.ratesMicros }),
      ...periodsOf(campaign, workspace),
      rowJson: campaignJson(campaign),
    })
  }
  return campaigns
}

function periodsOf(campaign: SnapshotCampaign, workspace: SnapshotWorkspace) {
  const windowHours = workspace.attributionWindowDays * DAY_HOURS
  const workspaceHours = workspace.uniqueHours || windowHours
  const campaignHours = campaign.uniqueHours || workspaceHours
  return {
    uniqueMs: campaignHours * HOUR_MS,
    workspaceUniqueMs: workspaceHours * HOUR_MS,
    cookieSeconds: Math.max(windowHours, campaignHours, workspaceHours) * HOUR_SECONDS,
  }
}

type Roles = ReadonlyMap<string, ParamRole>

/** Campaigns of a traffic source share its mapping: one for each of thousands took most of the indexing. */
function createRoles(): (source: SnapshotTrafficSource | undefined, campaign: SnapshotCampaign) => Roles {
  const known = new Map<string, Roles>()
  return (source, { costModel }) => {
    const takesCost = costModel.type === 'token'
    const key = `${takesCost ? 'cost' : ''} ${source?.id ?? ''}`
    let roles = known.get(key)
    if (roles === undefined) {
      roles = rolesOf(source, takesCost)
      known.set(key, roles)
    }
    return roles
  }
}

/** The traffic source's own mapping wins over the plain sub1…sub10. */
export function rolesOf(source: SnapshotTrafficSource | undefined, takesCost: boolean): Roles {
  const roles = new Map<string, ParamRole>()
  for (const name of SUB_NAMES) roles.set(name, { type: 'sub', name })
  for (const [param, name] of WELL_KNOWN_TOKENS) roles.set(param, { type: 'token', name })
  for (const token of source?.tokens ?? []) roles.set(token.param, { type: 'token', name: token.name })
  if (source !== undefined && source.costParam !== '' && takesCost) {
    roles.set(source.costParam, { type: 'cost' })
  }
  if (source !== undefined && source.externalIdParam !== '') {
    roles.set(source.externalIdParam, { type: 'external_id' })
  }
  roles.set(TEST_PARAM, { type: 'test' })
  return roles
}

/** Affiliates name their click id and their source by these; every other parameter is as in a link without a source. */
const AFFILIATE_ROLES: Roles = new Map([
  ...rolesOf(undefined, false),
  ['aff_click_id', { type: 'external_id' }],
  ['source', { type: 'token', name: 'source' }],
])

export function campaignJson(campaign: SnapshotCampaign): string {
  const constant = {
    workspace: campaign.workspace,
    campaign_id: campaign.id,
    traffic_source_id: campaign.trafficSourceId,
  }
  return JSON.stringify(constant).slice(1, -1)
}
