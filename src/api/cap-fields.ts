import { z } from 'zod'
import type { CapLimits } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import { type AffiliateCaps, NO_CAPS } from '../domain/offer-terms.ts'
import { positiveAmountField } from './fields.ts'

const CAP_MAX = 1_000_000_000

/** A number of conversions, or null for no cap. */
const countCapField = z.int().min(1).max(CAP_MAX).nullable()

const limitsOf = <Cap extends z.ZodType>(cap: Cap) => z.strictObject({ daily: cap, monthly: cap, total: cap })

export const countCapsField = limitsOf(countCapField.default(null))
/** Amounts of money as decimal strings → micros. */
export const moneyCapsField = limitsOf(positiveAmountField.nullable().default(null))

/** Caps of each affiliate, or of one: conversions, and money in the workspace's currency. */
export const affiliateCapsField = z
  .strictObject({
    conversions: countCapsField.default(NO_CAPS),
    payout: moneyCapsField.default(NO_CAPS),
    revenue: moneyCapsField.default(NO_CAPS),
  })
  .transform(
    ({ conversions, payout, revenue }): AffiliateCaps => ({
      conversions,
      payoutMicros: payout,
      revenueMicros: revenue,
    }),
  )

const countCapsSchema = limitsOf(z.int().nullable())
export const moneyCapsSchema = limitsOf(z.string().nullable())
export const affiliateCapsSchema = z.object({
  conversions: countCapsSchema,
  payout: moneyCapsSchema,
  revenue: moneyCapsSchema,
})

export function toMoneyCapsView({ daily, monthly, total }: CapLimits): z.input<typeof moneyCapsSchema> {
  const toAmount = (micros: number | null) => (micros === null ? null : formatMicros(micros))
  return { daily: toAmount(daily), monthly: toAmount(monthly), total: toAmount(total) }
}

export function toAffiliateCapsView(caps: AffiliateCaps): z.input<typeof affiliateCapsSchema> {
  return {
    conversions: caps.conversions,
    payout: toMoneyCapsView(caps.payoutMicros),
    revenue: toMoneyCapsView(caps.revenueMicros),
  }
}
