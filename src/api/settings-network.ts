import { z } from 'zod'
import { type NetworkSettings, PAYOUT_PERIODS } from '../domain/affiliate.ts'
import { formatMicros } from '../domain/money.ts'
import { billingField, billingSchema, notNegativeAmountField, toBillingView } from './affiliate-fields.ts'

const AGREEMENT_CHARS_MAX = 50_000
const HOLD_DAYS_MAX = 365
const SIGN_UP_RULES = ['closed', 'on approval', 'approved'] as const

/** What a PATCH of the settings may change of the workspace's side as a network. */
export const networkSettingsBody = z
  .strictObject({
    signUp: z
      .enum(SIGN_UP_RULES)
      .describe('Whether affiliates sign up by themselves; approved: active at once'),
    agreement: z
      .string()
      .max(AGREEMENT_CHARS_MAX)
      .describe("What an affiliate accepts when it signs up; '' for nothing"),
    autoApprovePostbacks: z.boolean().describe("Affiliates' new postbacks need no moderation"),
    autoApproveImages: z.boolean().describe("Affiliates' new image pixels need no moderation"),
    holdDays: z.int().min(0).max(HOLD_DAYS_MAX).describe('Until an approved conversion is payable'),
    minimumPayout: notNegativeAmountField.describe('Least amount of an invoice'),
    payoutPeriod: z.enum(PAYOUT_PERIODS),
    billing: billingField,
  })
  .partial()
  .transform(({ minimumPayout, ...rest }) =>
    minimumPayout === undefined ? rest : { ...rest, minimumPayoutMicros: minimumPayout },
  )

export const networkSettingsSchema = z.object({
  signUp: z.enum(SIGN_UP_RULES),
  agreement: z.string(),
  autoApprovePostbacks: z.boolean(),
  autoApproveImages: z.boolean(),
  holdDays: z.int(),
  minimumPayout: z.string(),
  payoutPeriod: z.enum(PAYOUT_PERIODS),
  billing: billingSchema,
})

export function toNetworkSettingsView(network: NetworkSettings): z.input<typeof networkSettingsSchema> {
  const { minimumPayoutMicros, billing } = network
  return {
    signUp: network.signUp,
    agreement: network.agreement,
    autoApprovePostbacks: network.autoApprovePostbacks,
    autoApproveImages: network.autoApproveImages,
    holdDays: network.holdDays,
    minimumPayout: formatMicros(minimumPayoutMicros),
    payoutPeriod: network.payoutPeriod,
    billing: toBillingView(billing),
  }
}
