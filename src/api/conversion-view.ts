import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion, Transition } from '../store/conversions.ts'
import type { AccountRole } from './access-table.ts'
import { describeAgreement, describePayout } from './agreement-text.ts'
import { timeField, toTime } from './fields.ts'

/** What an affiliate manager is not told: what the advertiser pays, and all that would betray it. */
const UNTOLD = "; '' for an affiliate manager"

const conversionFields = {
  id: z.string(),
  clickId: z.string(),
  event: z.string(),
  txid: z.string(),
  status: z.enum(CONVERSION_STATUSES),
  revenue: z.string().describe(`In the workspace's currency${UNTOLD}`),
  cost: z.string().describe(`What the traffic source is owed for it, in the workspace's currency${UNTOLD}`),
  currency: z.string(),
  counts: z
    .object({ conversion: z.boolean(), revenue: z.boolean(), cost: z.boolean() })
    .describe('What its event counted as when it was recorded'),
  originalAmount: z.string().describe(`As it was reported${UNTOLD}`),
  originalCurrency: z.string(),
  rate: z.string().describe(`Original → workspace currency${UNTOLD}`),
  attribution: z.string().describe('How its visit was found'),
  hitId: z.string(),
  campaignId: z.string(),
  trafficSourceId: z.string(),
  affiliateNetworkId: z.string(),
  offerId: z.string(),
  externalId: z.string(),
  visitAt: timeField,
  params: z.record(z.string(), z.string()).describe('p1…p10; none for an affiliate manager'),
  affiliateId: z.string().describe("On the network's side; '' on the tracker's, as are the next ones"),
  advertiserId: z.string(),
  payout: z.string().describe('What the affiliate is owed'),
  sale: z.string().describe(`The amount of the advertiser's sale${UNTOLD}`),
  agreement: z.string().describe('In words: what the advertiser pays for it, and what the affiliate gets'),
  payableAt: timeField.nullable().describe('When its hold is over'),
  reason: z.string(),
  createdAt: timeField,
  updatedAt: timeField,
}

export const transitionSchema = z.object({
  n: z.int(),
  at: timeField,
  actor: z.string().describe("'hit', or who did it by hand: user:ID or key:ID"),
  hitId: z.string(),
  fromStatus: z.enum([...CONVERSION_STATUSES, '']).describe("'' at its creation"),
  toStatus: z.enum(CONVERSION_STATUSES),
  fromRevenue: z.string().describe(`As revenue${UNTOLD}`),
  toRevenue: z.string(),
  fromPayout: z.string(),
  toPayout: z.string(),
  reason: z.string(),
})

export const conversionSchema = z.object(conversionFields).meta({ id: 'Conversion' })

export const conversionWithHistorySchema = z
  .object({ ...conversionFields, history: z.array(transitionSchema).describe('Oldest first') })
  .meta({ id: 'ConversionWithHistory' })

type ConversionView = z.input<typeof conversionSchema>

/** As the role may see it. */
export function toConversionView(conversion: StoredConversion, role: AccountRole): ConversionView {
  const view = toWholeView(conversion)
  if (role !== 'affiliate_manager') return view
  const agreement = describePayout(conversion.agreement)
  return { ...view, revenue: '', cost: '', sale: '', originalAmount: '', rate: '', params: {}, agreement }
}

function toWholeView(conversion: StoredConversion): ConversionView {
  const { id, clickId, event, txid, status, currency, originalCurrency, attribution, hitId } = conversion
  const { campaignId, trafficSourceId, affiliateNetworkId, offerId, externalId, params, reason } = conversion
  const { affiliateId, advertiserId, payableAt } = conversion
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
    affiliateId,
    advertiserId,
    revenue: formatMicros(conversion.revenueMicros),
    cost: formatMicros(conversion.costMicros),
    payout: formatMicros(conversion.payoutMicros),
    sale: formatMicros(conversion.saleMicros),
    agreement: describeAgreement(conversion.agreement),
    counts: conversion.counts,
    originalAmount: formatMicros(conversion.originalMicros),
    rate: formatMicros(conversion.rateMicros),
    visitAt: toTime(conversion.visitAt),
    payableAt: payableAt === null ? null : toTime(payableAt),
    createdAt: toTime(conversion.createdAt),
    updatedAt: toTime(conversion.updatedAt),
  }
}

/** With what happened to it, as the role may see it. */
export function toConversionWithHistory(
  { conversion, history }: { readonly conversion: StoredConversion; readonly history: readonly Transition[] },
  role: AccountRole,
): z.input<typeof conversionWithHistorySchema> {
  return {
    ...toConversionView(conversion, role),
    history: history.map((transition) => toTransitionView(transition, role)),
  }
}

export function toTransitionView(
  transition: Transition,
  role: AccountRole,
): z.input<typeof transitionSchema> {
  const { n, at, actor, hitId, fromStatus, toStatus, reason } = transition
  const revenue = (micros: number) => (role === 'affiliate_manager' ? '' : formatMicros(micros))
  return {
    n,
    at: toTime(at),
    actor,
    hitId,
    fromStatus,
    toStatus,
    fromRevenue: revenue(transition.fromRevenueMicros),
    toRevenue: revenue(transition.toRevenueMicros),
    fromPayout: formatMicros(transition.fromPayoutMicros),
    toPayout: formatMicros(transition.toPayoutMicros),
    reason,
  }
}
