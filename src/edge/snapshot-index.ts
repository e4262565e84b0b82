import type { Logger } from 'pino'
import type { FlowPath } from '../domain/flow.ts'
import { exchangeMicros, toDecimalString } from '../domain/money.ts'
import type {
  Snapshot,
  SnapshotCampaign,
  SnapshotLander,
  SnapshotOffer,
  SnapshotTrafficSource,
  SnapshotWorkspace,
} from '../domain/snapshot.ts'
import { compileTarget, type Target } from './target.ts'

/** A snapshot made ready to answer from: look-ups are maps, URLs are compiled, constant JSON is written. */
export type SnapshotIndex = {
  /** -1 while there is none. */
  readonly version: number
  readonly campaignsBySlug: ReadonlyMap<string, IndexedCampaign>
  readonly campaignsById: ReadonlyMap<string, IndexedCampaign>
  readonly offers: ReadonlyMap<string, IndexedOffer>
  readonly landers: ReadonlyMap<string, IndexedLander>
  /**
   * Where a visitor of nothing known goes. Only the sole workspace of an installation has one: with several
   * nobody knows whose visitor it is.
   */
  readonly fallback: Target | undefined
}

export type IndexedOffer = { readonly offer: SnapshotOffer; readonly target: Target }
export type IndexedLander = { readonly lander: SnapshotLander; readonly target: Target }

export type IndexedCampaign = {
  readonly campaign: SnapshotCampaign
  readonly workspace: SnapshotWorkspace
  readonly source: SnapshotTrafficSource | undefined
  /** The campaign's own, else the workspace's. */
  readonly fallback: Target | undefined
  readonly paths: ReadonlyMap<string, FlowPath>
  /** What a query parameter means to this campaign's traffic source. */
  readonly roles: ReadonlyMap<string, ParamRole>
  readonly cost: VisitCost
  /** One of its offers has macros that a click can fill only from what is remembered of its visit. */
  readonly needsVisit: boolean
  /** The row's constant start: workspace, campaign and traffic source. */
  readonly rowJson: string
}

export type SubName = `sub${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`

export type ParamRole =
  | { readonly type: 'external_id' }
  | { readonly type: 'cost' }
  | { readonly type: 'sub'; readonly name: SubName }
  | { readonly type: 'token'; readonly name: string }

export type VisitCost =
  | { readonly type: 'none' }
  /** In the workspace's currency, as the ledger takes it. */
  | { readonly type: 'fixed'; readonly amount: string }
  /** The amount comes with the visit; convert from one rate to the other (units per US dollar, micros). */
  | { readonly type: 'token'; readonly fromMicros: number; readonly toMicros: number }

export const EMPTY_INDEX: SnapshotIndex = {
  version: -1,
  campaignsBySlug: new Map(),
  campaignsById: new Map(),
  offers: new Map(),
  landers: new Map(),
  fallback: undefined,
}

const SUB_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/**
 * Compiles a snapshot. What cannot be served (a URL with an unknown macro, a campaign without its workspace) is
 * left out and logged; the rest works.
 */
export function indexSnapshot(snapshot: Snapshot, log: Logger): SnapshotIndex {
  const compile = createCompiler(log)
  const workspaces = new Map(snapshot.workspaces.map((workspace) => [workspace.id, workspace]))
  const sources = new Map(snapshot.trafficSources.map((source) => [source.id, source]))
  const offers = indexOffers(snapshot.offers, compile)
  const campaigns: IndexedCampaign[] = []
  for (const campaign of snapshot.campaigns) {
    const workspace = workspaces.get(campaign.workspace)
    if (workspace === undefined) {
      log.error({ campaign: campaign.id }, 'a campaign of an unknown workspace is not served')
      continue
    }
    const source = sources.get(campaign.trafficSourceId)
    const fallbackUrl = campaign.fallbackUrl || workspace.fallbackUrl
    campaigns.push({
      campaign,
      workspace,
      source,
      fallback: compile(fallbackUrl, `fallback of campaign ${campaign.id}`),
      paths: new Map(campaign.paths.map((path) => [path.id, path])),
      roles: rolesOf(source, campaign),
      cost: costOf({ campaign, source, workspace, ratesMicros: snapshot.ratesMicros }),
      needsVisit: campaign.paths.some((path) =>
        path.offers.some(({ id }) => offers.get(id)?.target.needsVisit),
      ),
      rowJson: campaignJson(campaign),
    })
  }
  const [soleWorkspace, ...others] = snapshot.workspaces
  return {
    version: snapshot.version,
    campaignsBySlug: new Map(campaigns.map((indexed) => [indexed.campaign.slug, indexed])),
    campaignsById: new Map(campaigns.map((indexed) => [indexed.campaign.id, indexed])),
    offers,
    landers: indexLanders(snapshot.landers, compile),
    fallback:
      others.length === 0
        ? compile(soleWorkspace?.fallbackUrl ?? '', 'fallback of the workspace')
        : undefined,
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

function indexOffers(offers: readonly SnapshotOffer[], compile: Compile): Map<string, IndexedOffer> {
  const indexed = new Map<string, IndexedOffer>()
  for (const offer of offers) {
    const target = compile(offer.url, `offer ${offer.id}`)
    if (target !== undefined) indexed.set(offer.id, { offer, target })
  }
  return indexed
}

function indexLanders(landers: readonly SnapshotLander[], compile: Compile): Map<string, IndexedLander> {
  const indexed = new Map<string, IndexedLander>()
  for (const lander of landers) {
    const target = compile(lander.url, `lander ${lander.id}`)
    if (target !== undefined) indexed.set(lander.id, { lander, target })
  }
  return indexed
}

/** The traffic source's own mapping wins over the plain sub1…sub10. */
function rolesOf(
  source: SnapshotTrafficSource | undefined,
  campaign: SnapshotCampaign,
): ReadonlyMap<string, ParamRole> {
  const roles = new Map<string, ParamRole>()
  for (const number of SUB_NUMBERS) roles.set(`sub${number}`, { type: 'sub', name: `sub${number}` })
  for (const token of source?.tokens ?? []) roles.set(token.param, { type: 'token', name: token.name })
  if (source !== undefined && source.costParam !== '' && campaign.costModel.type === 'token') {
    roles.set(source.costParam, { type: 'cost' })
  }
  if (source !== undefined && source.externalIdParam !== '') {
    roles.set(source.externalIdParam, { type: 'external_id' })
  }
  return roles
}

/** A currency without a rate costs nothing that could be told: the visit is counted all the same. */
function costOf(options: {
  readonly campaign: SnapshotCampaign
  readonly source: SnapshotTrafficSource | undefined
  readonly workspace: SnapshotWorkspace
  readonly ratesMicros: Readonly<Record<string, number>>
}): VisitCost {
  const { campaign, source, workspace, ratesMicros } = options
  const model = campaign.costModel
  if (model.type === 'none' || model.type === 'revshare' || model.type === 'cpa') return { type: 'none' }
  const currency = model.type === 'token' ? (source?.currency ?? '') : model.currency
  // The same currency needs no rate; an unknown rate is no positive one, which exchangeMicros refuses.
  const same = currency === workspace.currency || currency === ''
  const fromMicros = same ? 1 : (ratesMicros[currency] ?? -1)
  const toMicros = same ? 1 : (ratesMicros[workspace.currency] ?? -2)
  if (model.type === 'token') return { type: 'token', fromMicros, toMicros }
  const micros = exchangeMicros(model.amountMicros, fromMicros, toMicros)
  return micros === undefined ? { type: 'none' } : { type: 'fixed', amount: toDecimalString(micros) }
}

function campaignJson(campaign: SnapshotCampaign): string {
  const constant = {
    workspace: campaign.workspace,
    campaign_id: campaign.id,
    traffic_source_id: campaign.trafficSourceId,
  }
  return JSON.stringify(constant).slice(1, -1)
}
