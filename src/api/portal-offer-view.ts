import { z } from 'zod'
import { APPLICATION_STATES } from '../domain/affiliate.ts'
import { affiliateLink } from '../domain/affiliate-link.ts'
import { agreeOn } from '../domain/offer-price.ts'
import { OFFER_STATUSES, OFFER_VISIBILITIES, type Price } from '../domain/offer-terms.ts'
import { TARGET_TYPES } from '../domain/target-types.ts'
import { moneyCapsSchema, toMoneyCapsView } from './cap-fields.ts'
import { timeField, toTime } from './fields.ts'
import { CONDITION_HELP } from './flow-fields.ts'
import type { PortalUser } from './portal-affiliate.ts'
import { creativeHtml } from './portal-creatives.ts'
import { mayRunNow, type Standing, whyNoLink } from './portal-offer-standing.ts'
import { pixelKinds } from './portal-pixel-words.ts'
import { priceSchema, toPriceView } from './price-fields.ts'

const countCapsSchema = z.object({
  daily: z.int().nullable(),
  monthly: z.int().nullable(),
  total: z.int().nullable(),
})

const offerFields = {
  id: z.string(),
  name: z.string(),
  description: z.string(),
  status: z.enum(OFFER_STATUSES),
  expiresAt: timeField.nullable(),
  visibility: z.enum(OFFER_VISIBILITIES),
  previewUrl: z.string(),
  tags: z.array(z.string()),
  countries: z.array(z.string()).describe('Of the visitors it takes; empty for all'),
  currency: z.string().describe('Of the amounts in payouts'),
  defaultEvent: z.string(),
  payout: priceSchema.describe('What you are paid for the default event'),
  goals: z.array(z.object({ event: z.string(), name: z.string(), payout: priceSchema })),
  application: z
    .object({
      state: z.enum([...APPLICATION_STATES, 'none']),
      message: z.string(),
      reason: z.string().describe('Why it was refused'),
      acceptedAt: timeField.nullable().describe('When the terms were accepted'),
    })
    .describe("'none': you have not asked"),
  mayRun: z.boolean().describe('You were let in'),
  link: z.string().describe("'' while there is none"),
  linkReason: z.string().describe("Why there is no link, and what to do; '' when there is one"),
  kinds: z
    .array(z.object({ type: z.enum(TARGET_TYPES), isAllowed: z.boolean(), reason: z.string() }))
    .describe('Postbacks and pixels that work at this offer, and why others do not'),
}

export const portalOfferSchema = z.object(offerFields).meta({ id: 'PortalOffer' })

export const portalOfferDetailSchema = z
  .object({
    ...offerFields,
    agreement: z.string().describe("Terms to accept before running it; '' for none"),
    targeting: z.unknown().describe(CONDITION_HELP),
    caps: z
      .object({ conversions: countCapsSchema, timeZone: z.string() })
      .describe('Of the offer, for all affiliates together'),
    ownCaps: z.object({ conversions: countCapsSchema, payout: moneyCapsSchema }).describe('Of you alone'),
    needsApproval: z.boolean().describe('Conversions are pending until a person approved them'),
    holdDays: z.int().describe('Until an approved conversion is payable'),
    deepLinkDomains: z.array(z.string()).describe('Where your link may lead by `url`; empty: nowhere else'),
    landingPages: z
      .array(z.object({ id: z.string(), name: z.string(), link: z.string() }))
      .describe('Chosen by `lp`'),
    creatives: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.enum(['image', 'text', 'email']),
        width: z.int(),
        height: z.int(),
        html: z.string().describe("Ready to paste, with your link in it; '' while there is none"),
      }),
    ),
  })
  .meta({ id: 'PortalOfferDetail' })

/** @param publicUrl as visitors see the tracking host, without a trailing slash. */
export function toPortalOffer(
  user: PortalUser,
  publicUrl: string,
  standing: Standing,
): z.input<typeof portalOfferSchema> {
  const { offer, terms, application, status } = standing
  const linkReason = whyNoLink(standing)
  return {
    id: offer.id,
    name: offer.name,
    description: terms.description,
    status,
    expiresAt: terms.expiresAt === null ? null : toTime(terms.expiresAt),
    visibility: terms.visibility,
    previewUrl: terms.previewUrl,
    tags: [...offer.tags],
    countries: [...offer.countries],
    currency: offer.currency,
    defaultEvent: offer.defaultEvent,
    payout: toPriceView(payoutOf(user, standing, '')),
    goals: terms.goals.map(({ event, name }) => ({
      event,
      name: name === '' ? event : name,
      payout: toPriceView(payoutOf(user, standing, event)),
    })),
    application: {
      state: application?.state ?? 'none',
      message: application?.message ?? '',
      reason: application?.reason ?? '',
      acceptedAt:
        application === undefined || application.acceptedAt === null ? null : toTime(application.acceptedAt),
    },
    mayRun: mayRunNow(standing),
    link: linkReason === '' ? linkWith(user, publicUrl, standing, []) : '',
    linkReason,
    kinds: [...pixelKinds(terms)],
  }
}

export function toPortalOfferDetail(
  user: PortalUser,
  publicUrl: string,
  standing: Standing,
): z.input<typeof portalOfferDetailSchema> {
  const { offer, terms, application } = standing
  const { timeZone, ...conversions } = offer.caps
  const own = application?.caps ?? terms.caps.perAffiliate
  const view = toPortalOffer(user, publicUrl, standing)
  const linkTo = (lp: string) => (view.link === '' ? '' : linkWith(user, publicUrl, standing, [['lp', lp]]))
  return {
    ...view,
    agreement: terms.agreement,
    targeting: terms.targeting,
    caps: { conversions, timeZone },
    ownCaps: { conversions: own.conversions, payout: toMoneyCapsView(own.payoutMicros) },
    needsApproval: terms.approval === 'manual',
    holdDays: terms.holdDays ?? user.network.network.holdDays,
    deepLinkDomains: [...terms.deepLinkDomains],
    landingPages: terms.landingPages.map(({ id, name }) => ({ id, name, link: linkTo(id) })),
    creatives: terms.creatives.map((creative) => ({
      id: creative.id,
      name: creative.name,
      type: creative.type,
      width: creative.width,
      height: creative.height,
      html: view.link === '' ? '' : creativeHtml(creative, view.link),
    })),
  }
}

/** @param event '' for the default event. */
function payoutOf({ affiliate }: PortalUser, { offer, terms, application }: Standing, event: string): Price {
  const { currency, defaultEvent } = offer
  const custom = application?.payouts
  return agreeOn({ terms, currency, event, defaultEvent, tier: affiliate.tier, custom }).payout
}

function linkWith(
  { affiliateId }: PortalUser,
  origin: string,
  { offer }: Standing,
  params: readonly (readonly [string, string])[],
): string {
  return affiliateLink({ origin, offerId: offer.id, affiliateId, params })
}
