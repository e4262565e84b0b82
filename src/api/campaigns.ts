import { z } from 'zod'
import { formatMicros } from '../domain/money.ts'
import type { CostModel } from '../domain/snapshot.ts'
import {
  archiveCampaign,
  type Campaign,
  type CampaignFields,
  createCampaign,
  getCampaign,
  listCampaigns,
  restoreCampaign,
  updateCampaign,
} from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import { getFlow } from '../store/flows.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkCampaignArchive } from './archive-checks.ts'
import { findCircle } from './campaign-circles.ts'
import { campaignCreateBody, campaignUpdateBody, campaignViewFields } from './campaign-fields.ts'
import { campaignLink, impressionUrl, linkOrigin } from './campaign-link.ts'
import { findFlowErrors } from './flow-checks.ts'
import { toFlowView } from './flow-fields.ts'
import { findTakenLegacyIds, legacyIdLocks } from './legacy-ids.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { type FieldError, invalidFields } from './problem.ts'

const campaignSchema = z.object({ ...ownedFields, ...campaignViewFields }).meta({ id: 'Campaign' })

export function campaignRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Campaign, CampaignFields>(app, deps, {
    path: 'campaigns',
    what: 'campaign',
    createBody: campaignCreateBody,
    updateBody: campaignUpdateBody,
    itemSchema: campaignSchema,
    create: createCampaign,
    update: updateCampaign,
    archive: archiveCampaign,
    restore: restoreCampaign,
    get: getCampaign,
    list: listCampaigns,
    toViews: (db, items, caller) =>
      toViews(db, items, { workspace: caller.workspace, publicUrl: deps.publicUrl }),
    locks: legacyIdLocks('campaigns'),
    check: checkCampaign,
    checkArchive: checkCampaignArchive,
  })
}

/** Everything that a campaign names must be of its workspace and in use, and its slug free. */
async function checkCampaign(
  db: Db,
  workspace: string,
  campaign: CampaignFields,
  id?: string,
): Promise<void> {
  const { legacyIds } = campaign
  const errors = [
    ...(await findSourceErrors(db, workspace, campaign)),
    ...(await findRoutingErrors(db, workspace, campaign)),
    ...(await findTakenLegacyIds(db, 'campaigns', { legacyIds, own: id })),
  ]
  const circle = await findCircle(db, workspace, {
    kind: 'campaign',
    id,
    name: campaign.name,
    flow: campaign,
  })
  if (circle !== undefined)
    errors.push({ field: campaign.flowId === '' ? 'paths' : 'flowId', message: circle })
  if (campaign.domainId !== '') {
    const domain = await getDomain(db, { workspace, id: campaign.domainId })
    if (domain?.archivedAt !== null) {
      errors.push({ field: 'domainId', message: `there is no domain "${campaign.domainId}"` })
    }
  }
  if (await isSlugTaken(db, campaign.slug, id)) {
    errors.push({ field: 'slug', message: `"${campaign.slug}" is taken by another campaign` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

async function findSourceErrors(
  db: Db,
  workspace: string,
  campaign: CampaignFields,
): Promise<readonly FieldError[]> {
  const source = await getTrafficSource(db, { workspace, id: campaign.trafficSourceId })
  if (source?.archivedAt !== null) {
    const message = `there is no traffic source "${campaign.trafficSourceId}"`
    return [{ field: 'trafficSourceId', message }]
  }
  if (campaign.costModel.type !== 'token' || source.costParam !== '') return []
  const message = 'the traffic source has no cost parameter, so visits would cost nothing'
  return [{ field: 'costModel', message }]
}

/** A campaign with a shared flow keeps its own, which nobody goes through: it may name what is gone. */
async function findRoutingErrors(
  db: Db,
  workspace: string,
  campaign: CampaignFields,
): Promise<readonly FieldError[]> {
  if (campaign.flowId === '') return await findFlowErrors(db, workspace, campaign)
  const flow = await getFlow(db, { workspace, id: campaign.flowId })
  if (flow?.archivedAt === null) return []
  return [{ field: 'flowId', message: `there is no flow "${campaign.flowId}"` }]
}

/** Slugs are unique over all workspaces, since links name none; archived campaigns keep theirs. */
async function isSlugTaken(db: Db, slug: string, ownId: string | undefined): Promise<boolean> {
  const row = await db.selectFrom('campaigns').select('id').where('slug', '=', slug).executeTakeFirst()
  return row !== undefined && row.id !== ownId
}

async function toViews(
  db: Db,
  campaigns: readonly Campaign[],
  { workspace, publicUrl }: { readonly workspace: string; readonly publicUrl: string },
) {
  const sources = await loadEach(campaigns, 'trafficSourceId', (id) =>
    getTrafficSource(db, { workspace, id }),
  )
  const domains = await loadEach(campaigns, 'domainId', (id) => getDomain(db, { workspace, id }))
  return campaigns.map((campaign) => {
    const origin = linkOrigin(publicUrl, domains.get(campaign.domainId))
    const source = sources.get(campaign.trafficSourceId)
    return toView(campaign, {
      link: campaignLink(origin, campaign.slug, source),
      impressionUrl: impressionUrl(origin, campaign.slug, source),
    })
  })
}

/** What the campaigns of a page name, by id. */
async function loadEach<Item>(
  campaigns: readonly Campaign[],
  field: 'trafficSourceId' | 'domainId',
  load: (id: string) => Promise<Item | undefined>,
): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>()
  for (const id of new Set(campaigns.map((campaign) => campaign[field]))) {
    const item = id === '' ? undefined : await load(id)
    if (item !== undefined) items.set(id, item)
  }
  return items
}

function toView(
  campaign: Campaign,
  urls: { readonly link: string; readonly impressionUrl: string },
): z.input<typeof campaignSchema> {
  const { name, slug, status, trafficSourceId, redirectMode, fallbackUrl } = campaign
  return {
    ...toOwnedView(campaign),
    name,
    slug,
    status,
    trafficSourceId,
    redirectMode,
    fallbackUrl,
    costModel: toCostModelView(campaign.costModel),
    flowId: campaign.flowId,
    ...toFlowView(campaign),
    optimization: campaign.optimization,
    uniqueHours: campaign.uniqueHours,
    domainId: campaign.domainId,
    tags: [...campaign.tags],
    legacyIds: [...campaign.legacyIds],
    ...urls,
  }
}

function toCostModelView(model: CostModel) {
  if (!('amountMicros' in model)) return model
  const { amountMicros, ...rest } = model
  return { ...rest, amount: formatMicros(amountMicros) }
}
