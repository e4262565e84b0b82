import { z } from 'zod'
import {
  OFFER_PROTOCOLS,
  OFFER_VISIBILITIES,
  type OfferTerms,
  STORED_OFFER_STATUSES,
} from '../domain/offer-terms.ts'
import { affiliateCapsSchema, moneyCapsSchema, toAffiliateCapsView, toMoneyCapsView } from './cap-fields.ts'
import { timeField, toTime } from './fields.ts'
import { CONDITION_HELP } from './flow-fields.ts'
import { priceSchema, toPriceView } from './price-fields.ts'

/** As managers see them: with what the advertiser pays. */
export const termsSchema = z
  .object({
    status: z.enum(STORED_OFFER_STATUSES),
    expiresAt: timeField.nullable(),
    visibility: z.enum(OFFER_VISIBILITIES),
    description: z.string(),
    previewUrl: z.string(),
    agreement: z.string(),
    protocol: z.enum(OFFER_PROTOCOLS),
    allowsPixels: z.boolean(),
    revenue: priceSchema,
    payout: priceSchema,
    goals: z.array(
      z.object({ event: z.string(), name: z.string(), revenue: priceSchema, payout: priceSchema }),
    ),
    tiers: z.array(z.object({ tier: z.string(), event: z.string(), payout: priceSchema })),
    approval: z.enum(['automatic', 'manual']),
    holdDays: z.int().nullable(),
    targeting: z.unknown().describe(CONDITION_HELP),
    caps: z.object({ payout: moneyCapsSchema, revenue: moneyCapsSchema, perAffiliate: affiliateCapsSchema }),
    convertedUrl: z.string(),
    landingPages: z.array(z.object({ id: z.string(), name: z.string(), url: z.string() })),
    creatives: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.enum(['image', 'text', 'email']),
        url: z.string(),
        text: z.string(),
        width: z.int(),
        height: z.int(),
      }),
    ),
    deepLinkDomains: z.array(z.string()),
    clickToConversionMinMs: z.int(),
    clickToConversionMaxMs: z.int(),
  })
  .meta({ id: 'OfferTerms' })

export function toTermsView(terms: OfferTerms): z.input<typeof termsSchema> {
  const { expiresAt, caps, goals, tiers, ...rest } = terms
  return {
    ...rest,
    expiresAt: expiresAt === null ? null : toTime(expiresAt),
    revenue: toPriceView(terms.revenue),
    payout: toPriceView(terms.payout),
    goals: goals.map(({ event, name, revenue, payout }) => ({
      event,
      name,
      revenue: toPriceView(revenue),
      payout: toPriceView(payout),
    })),
    tiers: tiers.map(({ tier, event, payout }) => ({ tier, event, payout: toPriceView(payout) })),
    caps: {
      payout: toMoneyCapsView(caps.payoutMicros),
      revenue: toMoneyCapsView(caps.revenueMicros),
      perAffiliate: toAffiliateCapsView(caps.perAffiliate),
    },
    landingPages: [...terms.landingPages],
    creatives: [...terms.creatives],
    deepLinkDomains: [...terms.deepLinkDomains],
  }
}
