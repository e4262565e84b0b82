import { z } from 'zod'
import { APPLICATION_STATES, type CustomPayouts } from '../domain/affiliate.ts'
import type { AffiliateOffer } from '../store/affiliate-offers.ts'
import { affiliateCapsField, affiliateCapsSchema, toAffiliateCapsView } from './cap-fields.ts'
import { timeField, toTime } from './fields.ts'
import { priceField, priceSchema, toPriceView } from './price-fields.ts'

const REASON_CHARS_MAX = 500
const PAYOUTS_MAX = 50
const DECISIONS_MAX = 500
const idField = z.string().min(1).max(64)

const decision = {
  state: z.enum(APPLICATION_STATES),
  reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('Why; the affiliate reads it'),
}

export const standingBody = z.strictObject({
  ...decision,
  payouts: z
    .record(z.string().max(64), priceField)
    .refine((payouts) => Object.keys(payouts).length <= PAYOUTS_MAX, `at most ${PAYOUTS_MAX}`)
    .optional()
    .describe(
      "Its own payouts by goal's event, '' for the default event; unless told they stay; {} for none",
    ),
  caps: affiliateCapsField
    .nullable()
    .optional()
    .describe("Its own caps; null: the offer's; unless told they stay"),
  confirmPayoutAboveRevenue: z
    .boolean()
    .default(false)
    .describe('A payout above the revenue is refused without it'),
})

export const decideBody = z.strictObject({
  ...decision,
  items: z
    .array(z.strictObject({ offerId: idField, affiliateId: idField }))
    .min(1)
    .max(DECISIONS_MAX),
})

export const standingParams = z.object({ id: z.string().min(1).max(100), affiliateId: idField })

export const standingSchema = z
  .object({
    offerId: z.string(),
    offerName: z.string(),
    affiliateId: z.string(),
    affiliateName: z.string(),
    state: z.enum([...APPLICATION_STATES, 'none']).describe('none: it has not asked, and nobody decided'),
    message: z.string().describe('What the affiliate wrote'),
    reason: z.string(),
    acceptedAt: timeField.nullable().describe("When it accepted the offer's agreement"),
    payouts: z.record(z.string(), priceSchema).describe("By event; '' is the default event"),
    caps: affiliateCapsSchema.nullable().describe("Null: the offer's"),
    createdAt: timeField.nullable(),
    updatedAt: timeField.nullable(),
  })
  .meta({ id: 'Application' })

type Shown = Omit<AffiliateOffer, 'state' | 'workspace' | 'version' | 'createdAt' | 'updatedAt'> & {
  readonly state: AffiliateOffer['state'] | 'none'
  readonly createdAt: number | null
  readonly updatedAt: number | null
  readonly offerName: string
  readonly affiliateName: string
}

export function toStandingView(shown: Shown): z.input<typeof standingSchema> {
  const { offerId, offerName, affiliateId, affiliateName, state, message, reason } = shown
  const toMoment = (at: number | null) => (at === null ? null : toTime(at))
  return {
    offerId,
    offerName,
    affiliateId,
    affiliateName,
    state,
    message,
    reason,
    acceptedAt: toMoment(shown.acceptedAt),
    payouts: toPayoutsView(shown.payouts),
    caps: shown.caps === null ? null : toAffiliateCapsView(shown.caps),
    createdAt: toMoment(shown.createdAt),
    updatedAt: toMoment(shown.updatedAt),
  }
}

/** What a decision sets, as the API shows it. */
export function toDecisionView({
  state,
  reason,
  payouts,
  caps,
}: Pick<Shown, 'state' | 'reason' | 'payouts' | 'caps'>) {
  const shownCaps = caps === null ? null : toAffiliateCapsView(caps)
  return { state, reason, payouts: toPayoutsView(payouts), caps: shownCaps }
}

function toPayoutsView(payouts: CustomPayouts) {
  return Object.fromEntries(Object.entries(payouts).map(([event, price]) => [event, toPriceView(price)]))
}
