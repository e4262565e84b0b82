import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion, Transition } from '../store/conversions.ts'
import { timeField, toTime } from './fields.ts'

const conversionFields = {
  id: z.string(),
  clickId: z.string(),
  event: z.string(),
  txid: z.string(),
  status: z.enum(CONVERSION_STATUSES),
  revenue: z.string().describe("In the workspace's currency"),
  cost: z.string().describe("What the traffic source is owed for it, in the workspace's currency"),
  currency: z.string(),
  counts: z
    .object({ conversion: z.boolean(), revenue: z.boolean(), cost: z.boolean() })
    .describe('What its event counted as when it was recorded'),
  originalAmount: z.string().describe('As it was reported'),
  originalCurrency: z.string(),
  rate: z.string().describe('Original → workspace currency'),
  attribution: z.string().describe('How its visit was found'),
  hitId: z.string(),
  campaignId: z.string(),
  trafficSourceId: z.string(),
  affiliateNetworkId: z.string(),
  offerId: z.string(),
  externalId: z.string(),
  visitAt: timeField,
  params: z.record(z.string(), z.string()).describe('p1…p10'),
  reason: z.string(),
  createdAt: timeField,
  updatedAt: timeField,
}

const transitionSchema = z.object({
  n: z.int(),
  at: timeField,
  actor: z.string().describe("'hit', or who did it by hand: user:ID or key:ID"),
  hitId: z.string(),
  fromStatus: z.enum([...CONVERSION_STATUSES, '']).describe("'' at its creation"),
  toStatus: z.enum(CONVERSION_STATUSES),
  fromRevenue: z.string(),
  toRevenue: z.string(),
  reason: z.string(),
})

export const conversionSchema = z.object(conversionFields).meta({ id: 'Conversion' })

export const conversionWithHistorySchema = z
  .object({ ...conversionFields, history: z.array(transitionSchema).describe('Oldest first') })
  .meta({ id: 'ConversionWithHistory' })

export function toConversionView(conversion: StoredConversion): z.input<typeof conversionSchema> {
  const { id, clickId, event, txid, status, currency, originalCurrency, attribution, hitId } = conversion
  const { campaignId, trafficSourceId, affiliateNetworkId, offerId, externalId, params, reason } = conversion
  return {
    id,
    clickId,
    event,
    txid,
    status,
    currency,
    originalCurrency,
    attribution,
    hitId,
    campaignId,
    trafficSourceId,
    affiliateNetworkId,
    offerId,
    externalId,
    params,
    reason,
    revenue: formatMicros(conversion.revenueMicros),
    cost: formatMicros(conversion.costMicros),
    counts: conversion.counts,
    originalAmount: formatMicros(conversion.originalMicros),
    rate: formatMicros(conversion.rateMicros),
    visitAt: toTime(conversion.visitAt),
    createdAt: toTime(conversion.createdAt),
    updatedAt: toTime(conversion.updatedAt),
  }
}

export function toConversionWithHistory({
  conversion,
  history,
}: {
  readonly conversion: StoredConversion
  readonly history: readonly Transition[]
}): z.input<typeof conversionWithHistorySchema> {
  return {
    ...toConversionView(conversion),
    history: history.map(({ at, fromRevenueMicros, toRevenueMicros, ...transition }) => ({
      ...transition,
      at: toTime(at),
      fromRevenue: formatMicros(fromRevenueMicros),
      toRevenue: formatMicros(toRevenueMicros),
    })),
  }
}
