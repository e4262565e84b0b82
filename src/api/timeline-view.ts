import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import { transitionSchema } from './conversion-view.ts'
import { attemptSchema } from './delivery-view.ts'
import { timeField } from './fields.ts'
import { hitSchema } from './hits.ts'

export const thingSchema = z
  .object({ id: z.string(), name: z.string().describe("'' when it is not known any more") })
  .nullable()
  .describe('Null for none')

const textsSchema = z.record(z.string(), z.string())

const requestEntry = z.object({
  type: z.literal('request'),
  at: timeField,
  link: z.enum(['campaign', 'affiliate', 'page']).describe('page: tp.js on a page that the visitor was on'),
  url: z.string().describe("The link as it is configured now; '' for a page"),
  campaign: thingSchema,
  trafficSource: thingSchema,
  affiliate: thingSchema,
  referrer: z.string(),
  ip: z.string(),
  userAgent: z.string(),
  externalId: z.string(),
  tokens: textsSchema.describe("The traffic source's named tokens, and subs"),
  params: textsSchema.describe('Every other parameter'),
  bot: z.string().describe("Why it is no person's; '' for a person's"),
})

const routingEntry = z.object({
  type: z.literal('routing'),
  at: timeField,
  rule: thingSchema,
  reason: z.string(),
  path: thingSchema,
  lander: thingSchema,
  offer: thingSchema,
  affiliateNetwork: thingSchema,
  advertiser: thingSchema,
})

const redirectEntry = z.object({
  type: z.literal('redirect'),
  at: timeField,
  url: z.string().describe('Where the visitor was sent, keys of landers masked'),
})

const landerViewEntry = z.object({ type: z.literal('lander_view'), at: timeField, lander: thingSchema })

const clickEntry = z.object({
  type: z.literal('click'),
  at: timeField,
  offer: thingSchema,
  affiliateNetwork: thingSchema,
  url: z.string().describe("Where the visitor was sent; '' when it was not recorded"),
})

const hitEntry = z.object({ type: z.literal('hit'), at: timeField, hit: hitSchema })

const conversionEntry = z.object({
  type: z.literal('conversion'),
  at: timeField,
  conversionId: z.string(),
  event: z.string(),
  txid: z.string(),
  status: z.enum(CONVERSION_STATUSES),
  transition: transitionSchema,
})

const deliveryEntry = z.object({
  type: z.literal('delivery'),
  at: timeField.describe('When it was queued, or it was decided not to send it'),
  deliveryId: z.string(),
  conversionId: z.string(),
  transition: z.int(),
  targetId: z.string(),
  method: z.string(),
  url: z.string(),
  state: z.enum(DELIVERY_STATES),
  why: z.string().describe("In words, why it was not sent or is no longer tried; '' otherwise"),
  timing: z
    .object({
      queuedToDueMs: z.number(),
      dueToSentMs: z.number().nullable(),
      sentToAnsweredMs: z.number().nullable(),
    })
    .describe('Of its latest attempt; null for what did not happen yet'),
})

const attemptEntry = z.object({
  type: z.literal('attempt'),
  at: timeField,
  deliveryId: z.string(),
  explanation: z.string().describe('What came back, as a sentence'),
  attempt: attemptSchema,
})

const updateEntry = z.object({
  type: z.literal('update'),
  at: timeField,
  id: z.string().describe("The hit's that asked for it, or the job's"),
  values: textsSchema.describe('What was set, by its name'),
})

const correctionEntry = z.object({
  type: z.literal('correction'),
  at: timeField,
  changes: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
})

export const timelineEntrySchema = z
  .discriminatedUnion('type', [
    requestEntry,
    routingEntry,
    redirectEntry,
    landerViewEntry,
    clickEntry,
    hitEntry,
    conversionEntry,
    deliveryEntry,
    attemptEntry,
    updateEntry,
    correctionEntry,
  ])
  .meta({ id: 'TimelineEntry' })

export type TimelineEntry = z.input<typeof timelineEntrySchema>
/** In which order things that bear the same millisecond happened. */
export const TIMELINE_ORDER: readonly TimelineEntry['type'][] = [
  'request',
  'routing',
  'redirect',
  'lander_view',
  'click',
  'hit',
  'conversion',
  'delivery',
  'attempt',
  'update',
  'correction',
]
