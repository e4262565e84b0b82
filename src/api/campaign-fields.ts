import { z } from 'zod'
import { newId } from '../store/ids.ts'
import { amountField, currencyField, nameField, templateUrlField } from './fields.ts'
import { makeSlug } from './slug.ts'

const PATHS_MAX = 50
const REFS_MAX = 100
const WEIGHT_MAX = 1_000_000
const REDIRECT_MODES = ['302', '307', 'meta', 'double_meta', 'js'] as const
const CAMPAIGN_STATUSES = ['active', 'paused'] as const

const weightField = z
  .number()
  .min(0)
  .max(WEIGHT_MAX)
  .describe('Share among its neighbours; 0 is never chosen')
const refField = z.strictObject({ id: z.string().min(1).max(64), weight: weightField.default(1) })

const pathField = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Keep it when changing a path: visitors stay on theirs'),
    weight: weightField.default(1),
    landers: z.array(refField).max(REFS_MAX).default([]).describe('None: visitors go directly to the offer'),
    offers: z.array(refField).min(1, 'needs an offer').max(REFS_MAX),
  })
  .transform(({ id, ...path }) => ({ id: id ?? newId(), ...path }))

const costModelField = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z
    .strictObject({ type: z.literal('cpc'), amount: amountField, currency: currencyField })
    .transform(({ type, amount, currency }) => ({ type, amountMicros: amount, currency })),
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
  paths: z.array(pathField).max(PATHS_MAX),
}

export const campaignCreateBody = z
  .strictObject({
    ...fields,
    slug: fields.slug.optional().describe('Made from the name when absent'),
    status: fields.status.default('active'),
    redirectMode: fields.redirectMode.default('302'),
    costModel: costModelField.default({ type: 'none' }),
    fallbackUrl: fields.fallbackUrl.default(''),
  })
  .transform(({ slug, ...rest }) => ({ ...rest, slug: slug ?? makeSlug(rest.name) }))

export const campaignUpdateBody = z.strictObject(fields).partial()

const weightedRefSchema = z.object({ id: z.string(), weight: z.number() })

export const campaignViewFields = {
  name: z.string(),
  slug: z.string(),
  status: z.enum(CAMPAIGN_STATUSES),
  trafficSourceId: z.string(),
  redirectMode: z.enum(REDIRECT_MODES),
  costModel: z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({ type: z.literal('cpc'), amount: z.string(), currency: z.string() }),
    z.object({ type: z.literal('token') }),
  ]),
  fallbackUrl: z.string(),
  paths: z.array(
    z.object({
      id: z.string(),
      weight: z.number(),
      landers: z.array(weightedRefSchema),
      offers: z.array(weightedRefSchema),
    }),
  ),
  link: z.string().describe('For the traffic source; its own macros stand in it as they are'),
}
