import { z } from 'zod'
import {
  amountField,
  currencyField,
  legacyIdsField,
  nameField,
  tagsField,
  templateUrlField,
} from './fields.ts'
import { flowDefaults, flowFields, flowViewFields } from './flow-fields.ts'
import { makeSlug } from './slug.ts'

const CPM_BASES = ['visits', 'impressions'] as const
const UNIQUE_HOURS_MAX = 400 * 24
const REDIRECT_MODES = ['302', '307', 'meta', 'double_meta', 'js'] as const
const CAMPAIGN_STATUSES = ['active', 'paused'] as const

const costModelField = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z
    .strictObject({ type: z.literal('cpc'), amount: amountField, currency: currencyField })
    .transform(({ type, amount, currency }) => ({ type, amountMicros: amount, currency })),
  z
    .strictObject({
      type: z.literal('cpm'),
      amount: amountField,
      currency: currencyField,
      per: z.enum(CPM_BASES).default('visits').describe('A thousand of which'),
    })
    .transform(({ amount, ...rest }) => ({ ...rest, amountMicros: amount })),
  z
    .strictObject({ type: z.literal('cpa'), amount: amountField, currency: currencyField })
    .transform(({ type, amount, currency }) => ({ type, amountMicros: amount, currency })),
  z.strictObject({ type: z.literal('revshare'), percent: z.number().min(0).max(100) }),
  z.strictObject({ type: z.literal('token') }).describe("The price comes in the source's cost parameter"),
])

const fields = {
  name: nameField,
  slug: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'must be letters, digits, - and _, at most 100')
    .describe('Last part of the link'),
  status: z.enum(CAMPAIGN_STATUSES),
  trafficSourceId: z.string().min(1).max(64),
  redirectMode: z.enum(REDIRECT_MODES),
  costModel: costModelField,
  fallbackUrl: z
    .union([z.literal(''), templateUrlField])
    .describe("Where visitors go while it is paused or has no path; '' for the workspace's"),
  flowId: z.string().max(64).describe("A shared flow; '' for its own rules and paths"),
  ...flowFields,
  uniqueHours: z.int().min(0).max(UNIQUE_HOURS_MAX).describe("As the workspace's; 0 for the workspace's"),
  domainId: z.string().max(64).describe("The host of its link; '' for the installation's"),
  tags: tagsField,
  legacyIds: legacyIdsField,
}

export const campaignCreateBody = z
  .strictObject({
    ...fields,
    slug: fields.slug.optional().describe('Made from the name when absent'),
    status: fields.status.default('active'),
    redirectMode: fields.redirectMode.default('302'),
    costModel: costModelField.default({ type: 'none' }),
    fallbackUrl: fields.fallbackUrl.default(''),
    flowId: fields.flowId.default(''),
    ...flowDefaults,
    uniqueHours: fields.uniqueHours.default(0),
    domainId: fields.domainId.default(''),
    tags: fields.tags.default([]),
    legacyIds: fields.legacyIds.default([]),
  })
  .transform(({ slug, ...rest }) => ({ ...rest, slug: slug ?? makeSlug(rest.name) }))

export const campaignUpdateBody = z.strictObject(fields).partial()

export const campaignViewFields = {
  name: z.string(),
  slug: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  trafficSourceId: z.string(),
  redirectMode: z.enum(REDIRECT_MODES),
  costModel: z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({ type: z.literal('cpc'), amount: z.string(), currency: z.string() }),
    z.object({
      type: z.literal('cpm'),
      amount: z.string(),
      currency: z.string(),
      per: z.enum(CPM_BASES),
    }),
    z.object({ type: z.literal('cpa'), amount: z.string(), currency: z.string() }),
    z.object({ type: z.literal('revshare'), percent: z.number() }),
    z.object({ type: z.literal('token') }),
  ]),
  fallbackUrl: z.string(),
  flowId: z.string(),
  ...flowViewFields,
  uniqueHours: z.int(),
  domainId: z.string(),
  tags: z.array(z.string()),
  legacyIds: z.array(z.string()),
  link: z.string().describe('For the traffic source; its own macros stand in it as they are'),
  impressionUrl: z.string().describe('Image for a traffic source that reports impressions'),
}
