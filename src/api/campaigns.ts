import { z } from 'zod'
import type { WeightedRef } from '../domain/flow.ts'
import { formatMicros } from '../domain/money.ts'
import type { CostModel } from '../domain/snapshot.ts'
import {
  archiveCampaign,
  type Campaign,
  type CampaignFields,
  createCampaign,
  getCampaign,
  listCampaigns,
  updateCampaign,
} from '../store/campaigns.ts'
import { getLander } from '../store/landers.ts'
import { getOffer } from '../store/offers.ts'
import { getTrafficSource, type TrafficSource } from '../store/traffic-sources.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { campaignCreateBody, campaignUpdateBody, campaignViewFields } from './campaign-fields.ts'
import { campaignLink } from './campaign-link.ts'
import { toFlowView } from './flow-fields.ts'
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
    get: getCampaign,
    list: listCampaigns,
    toViews: (db, items, caller) =>
      toViews(db, items, { workspace: caller.workspace, publicUrl: deps.publicUrl }),
    check: checkCampaign,
  })
}

/** Everything that a campaign names must be of its workspace and in use, and its slug free. */
async function checkCampaign(
  db: Db,
  workspace: string,
  campaign: CampaignFields,
  id?: string,
): Promise<void> {
  const errors: FieldError[] = []
  const source = await getTrafficSource(db, { workspace, id: campaign.trafficSourceId })
  if (source === undefined || source.archivedAt !== null) {
    const message = `there is no traffic source "${campaign.trafficSourceId}"`
    errors.push({ field: 'trafficSourceId', message })
  }
  if (campaign.costModel.type === 'token' && source?.costParam === '') {
    const message = 'the traffic source has no cost parameter, so visits would cost nothing'
    errors.push({ field: 'costModel', message })
  }
  for (const [index, path] of campaign.paths.entries()) {
    const field = `paths.${index}`
    errors.push(
      ...(await missingRefs(path.offers, `${field}.offers`, 'offer', (ref) =>
        getOffer(db, { workspace, id: ref }),
      )),
    )
    errors.push(
      ...(await missingRefs(path.landers, `${field}.landers`, 'lander', (ref) =>
        getLander(db, { workspace, id: ref }),
      )),
    )
  }
  if (await isSlugTaken(db, campaign.slug, id)) {
    errors.push({ field: 'slug', message: `"${campaign.slug}" is taken by another campaign` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

async function missingRefs(
  refs: readonly WeightedRef[],
  field: string,
  what: string,
  find: (id: string) => Promise<{ readonly archivedAt: number | null } | undefined>,
): Promise<readonly FieldError[]> {
  const errors: FieldError[] = []
  for (const [index, { id }] of refs.entries()) {
    const found = await find(id)
    if (found === undefined || found.archivedAt !== null) {
      errors.push({ field: `${field}.${index}.id`, message: `there is no ${what} "${id}"` })
    }
  }
  return errors
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
  const sources = new Map<string, TrafficSource | undefined>()
  for (const id of new Set(campaigns.map((campaign) => campaign.trafficSourceId))) {
    sources.set(id, await getTrafficSource(db, { workspace, id }))
  }
  return campaigns.map((campaign) => toView(campaign, publicUrl, sources.get(campaign.trafficSourceId)))
}

function toView(
  campaign: Campaign,
  publicUrl: string,
  source: TrafficSource | undefined,
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
    link: campaignLink(publicUrl, slug, source),
  }
}

function toCostModelView(model: CostModel) {
  if (!('amountMicros' in model)) return model
  const { amountMicros, ...rest } = model
  return { ...rest, amount: formatMicros(amountMicros) }
}
