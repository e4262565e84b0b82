import { z } from 'zod'
import { AFFILIATE_STATUSES, type BillingAddress, NO_BILLING, PAYOUT_PERIODS } from '../domain/affiliate.ts'
import { formatMicros } from '../domain/money.ts'
import type { Affiliate } from '../store/affiliates.ts'
import { amountField, legacyIdsField, nameField, tagsField, timeField, toTime } from './fields.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'

const TIER_CHARS_MAX = 40
const SOURCES_MAX = 1_000
const SOURCE_CHARS_MAX = 512
const ADDRESS_CHARS_MAX = 1_000
const METHOD_CHARS_MAX = 40
const DETAILS_CHARS_MAX = 2_000
const NOTE_CHARS_MAX = 5_000
const REASON_CHARS_MAX = 500

export const billingField = z
  .strictObject({
    company: z.string().trim().max(200).default(''),
    address: z.string().trim().max(ADDRESS_CHARS_MAX).default(''),
    taxId: z.string().trim().max(60).default(''),
  })
  .describe('Whom an invoice names')

export const notNegativeAmountField = amountField.refine((micros) => micros >= 0, 'must not be below 0')

const paymentField = z
  .strictObject({
    method: z.string().trim().max(METHOD_CHARS_MAX).default('').describe("e.g. 'wire', 'paypal'"),
    details: z
      .string()
      .trim()
      .max(DETAILS_CHARS_MAX)
      .default('')
      .describe('Account, and what the method needs'),
    minimum: notNegativeAmountField
      .nullable()
      .default(null)
      .describe("Least amount of an invoice; null: the workspace's"),
    period: z.enum(PAYOUT_PERIODS).nullable().default(null).describe("Null: the workspace's"),
  })
  .transform(({ minimum, ...rest }) => ({ ...rest, minimumMicros: minimum }))

const fields = {
  name: nameField,
  email: z.union([z.literal(''), z.email().max(254)]),
  managerId: z.string().max(64).describe("The member who looks after it; '' for none"),
  referrerId: z.string().max(64).describe("The affiliate that brought it; '' for none"),
  referralPercent: z.number().min(0).max(100).describe('Share of its payouts that the referrer earns'),
  tier: z
    .string()
    .trim()
    .max(TIER_CHARS_MAX)
    .describe("Which of an offer's payout tiers it has; '' for none"),
  tags: tagsField,
  blockedSources: z
    .array(z.string().trim().min(1).max(SOURCE_CHARS_MAX))
    .max(SOURCES_MAX)
    .describe('Values of source or sub1 whose visits are not taken'),
  payment: paymentField,
  billing: billingField,
  note: z.string().max(NOTE_CHARS_MAX).describe("For the network's own people"),
  legacyIds: legacyIdsField,
}

export const affiliateCreateBody = z.strictObject({
  ...fields,
  status: z.enum(AFFILIATE_STATUSES).default('active'),
  email: fields.email.default(''),
  managerId: fields.managerId.default(''),
  referrerId: fields.referrerId.default(''),
  referralPercent: fields.referralPercent.default(0),
  tier: fields.tier.default(''),
  tags: fields.tags.default([]),
  blockedSources: fields.blockedSources.default([]),
  payment: paymentField.default({ method: '', details: '', minimumMicros: null, period: null }),
  billing: billingField.default(NO_BILLING),
  note: fields.note.default(''),
  legacyIds: fields.legacyIds.default([]),
})

/** Its status changes by a route of its own, which takes the reason too. */
export const affiliateUpdateBody = z.strictObject(fields).partial()

/** A reason is owed to whoever may not run offers any more. */
export const affiliateStatusBody = z
  .strictObject({
    status: z.enum(AFFILIATE_STATUSES).exclude(['pending']),
    reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('The affiliate reads it'),
  })
  .refine(({ status, reason }) => status === 'active' || reason !== '', {
    path: ['reason'],
    message: 'must say why, unless the affiliate becomes active',
  })

export const billingSchema = z.object({ company: z.string(), address: z.string(), taxId: z.string() })

export const affiliateSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    status: z.enum(AFFILIATE_STATUSES),
    statusReason: z.string(),
    email: z.string(),
    managerId: z.string(),
    referrerId: z.string(),
    referralPercent: z.number(),
    tier: z.string(),
    tags: z.array(z.string()),
    blockedSources: z.array(z.string()),
    payment: z.object({
      method: z.string(),
      details: z.string(),
      minimum: z.string().nullable(),
      period: z.enum(PAYOUT_PERIODS).nullable(),
    }),
    billing: billingSchema,
    note: z.string(),
    legacyIds: z.array(z.string()),
    acceptedTermsAt: timeField.nullable().describe("When it accepted the network's agreement"),
  })
  .meta({ id: 'Affiliate' })

/** An affiliate as the network's own people see it. */
export function toAffiliateView(affiliate: Affiliate): z.input<typeof affiliateSchema> {
  const { payment, acceptedTermsAt } = affiliate
  return {
    ...toOwnedView(affiliate),
    name: affiliate.name,
    status: affiliate.status,
    statusReason: affiliate.statusReason,
    email: affiliate.email,
    managerId: affiliate.managerId,
    referrerId: affiliate.referrerId,
    referralPercent: affiliate.referralPercent,
    tier: affiliate.tier,
    tags: [...affiliate.tags],
    blockedSources: [...affiliate.blockedSources],
    payment: {
      method: payment.method,
      details: payment.details,
      minimum: payment.minimumMicros === null ? null : formatMicros(payment.minimumMicros),
      period: payment.period,
    },
    billing: toBillingView(affiliate.billing),
    note: affiliate.note,
    legacyIds: [...affiliate.legacyIds],
    acceptedTermsAt: acceptedTermsAt === null ? null : toTime(acceptedTermsAt),
  }
}

export function toBillingView({ company, address, taxId }: BillingAddress): z.input<typeof billingSchema> {
  return { company, address, taxId }
}
