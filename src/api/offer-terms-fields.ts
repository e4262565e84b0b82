import { z } from 'zod'
import {
  type Creative,
  type Goal,
  type LandingPage,
  OFFER_PROTOCOLS,
  OFFER_VISIBILITIES,
  type OfferTerms,
  type PayoutTier,
  STORED_OFFER_STATUSES,
  type TermsCaps,
} from '../domain/offer-terms.ts'
import { newId } from '../store/ids.ts'
import { affiliateCapsField, moneyCapsField } from './cap-fields.ts'
import {
  eventField,
  nameField,
  optionalTemplateUrlField,
  optionalUrlField,
  templateUrlField,
} from './fields.ts'
import { conditionField } from './flow-fields.ts'
import { eventPriceField, priceField } from './price-fields.ts'
import { HOST_CHARS_MAX, toSentHost } from './sent-host.ts'

const TEXT_CHARS_MAX = 20_000
const GOALS_MAX = 50
const TIERS_MAX = 200
const TIER_CHARS_MAX = 40
const LANDING_PAGES_MAX = 100
const CREATIVES_MAX = 200
const PIXELS_MAX = 10_000
const DEEP_LINK_DOMAINS_MAX = 100
const HOLD_DAYS_MAX = 365
const WINDOW_MS_MAX = 366 * 24 * 3_600_000
const CREATIVE_TYPES = ['image', 'text', 'email'] as const

const textField = z.string().max(TEXT_CHARS_MAX)
const windowField = z.int().min(0).max(WINDOW_MS_MAX)
const keptIdField = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, - and _')
  .optional()
  .describe('Keep it when changing it: links name it')

const goalField: z.ZodType<Goal> = z.strictObject({
  event: eventField.describe('As the advertiser reports it; in any case'),
  name: z.string().trim().max(200).default('').describe("As people see it; '' as the event"),
  revenue: eventPriceField,
  payout: eventPriceField,
})

const tierField: z.ZodType<PayoutTier> = z.strictObject({
  tier: z.string().trim().min(1).max(TIER_CHARS_MAX).describe('As affiliates carry it'),
  event: z.string().trim().max(64).default('').describe("A goal's event; '' for the default event"),
  payout: priceField,
})

const capsField: z.ZodType<TermsCaps> = z
  .strictObject({
    payout: moneyCapsField.prefault({}),
    revenue: moneyCapsField.prefault({}),
    perAffiliate: affiliateCapsField.prefault({}),
  })
  .transform(({ payout, revenue, perAffiliate }) => ({
    payoutMicros: payout,
    revenueMicros: revenue,
    perAffiliate,
  }))

const landingPageField: z.ZodType<LandingPage> = z
  .strictObject({ id: keptIdField, name: nameField, url: templateUrlField })
  .transform(({ id, ...page }) => ({ id: id ?? newId(), ...page }))

const creativeField: z.ZodType<Creative> = z
  .strictObject({
    id: keptIdField,
    name: nameField,
    type: z.enum(CREATIVE_TYPES),
    url: optionalUrlField.default('').describe('Of an image: where it lies'),
    text: textField.default('').describe('Of a text or e-mail'),
    width: z.int().min(0).max(PIXELS_MAX).default(0),
    height: z.int().min(0).max(PIXELS_MAX).default(0),
  })
  .refine(({ type, url }) => type !== 'image' || url !== '', { path: ['url'], message: 'says where it lies' })
  .refine(({ type, text }) => type === 'image' || text !== '', { path: ['text'], message: 'is missing' })
  .transform(({ id, ...creative }) => ({ id: id ?? newId(), ...creative }))

/**
 * A host and everything below it; one without a dot, e.g. `com`, would be half of the internet. Kept as browsers send
 * it, without the dot of a full name: links are compared with that.
 */
const domainField = z
  .string()
  .max(HOST_CHARS_MAX)
  .transform((text) => toSentHost(text.trim()).replace(/\.$/, ''))
  .refine(
    (text) => /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(text),
    'must be a plain domain, e.g. shop.example',
  )

const fields = {
  status: z.enum(STORED_OFFER_STATUSES),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .nullable()
    .describe('When it ends; null: never'),
  visibility: z
    .enum(OFFER_VISIBILITIES)
    .describe('public: every active affiliate; approval: on application; private: those it was given to'),
  description: textField.describe('What an affiliate must know'),
  previewUrl: optionalUrlField,
  agreement: textField.describe("What an affiliate accepts before it may run it; '' for nothing"),
  protocol: z.enum(OFFER_PROTOCOLS).describe('How the advertiser reports conversions'),
  allowsPixels: z.boolean().describe('False: affiliates may use postbacks only'),
  revenue: priceField.describe('What the advertiser pays for the default event'),
  payout: priceField.describe('What an affiliate is paid for it'),
  goals: z.array(goalField).max(GOALS_MAX).describe('Other events, with their own prices'),
  tiers: z.array(tierField).max(TIERS_MAX).describe('Payouts of affiliates of a tier'),
  approval: z.enum(['automatic', 'manual']).describe('Whether conversions wait for a person'),
  holdDays: z
    .int()
    .min(0)
    .max(HOLD_DAYS_MAX)
    .nullable()
    .describe("Until a conversion is payable; null: the workspace's"),
  targeting: conditionField.nullable(),
  caps: capsField.describe("Money in the workspace's currency; periods as those of `caps`"),
  convertedUrl: optionalTemplateUrlField.describe("Where who converted already goes; '' as anybody else"),
  landingPages: z.array(landingPageField).max(LANDING_PAGES_MAX),
  creatives: z.array(creativeField).max(CREATIVES_MAX),
  deepLinkDomains: z
    .array(domainField)
    .max(DEEP_LINK_DOMAINS_MAX)
    .transform((domains) => [...new Set(domains)])
    .describe('Where links may lead by `url`, with everything below; empty: no deep links'),
  clickToConversionMinMs: windowField,
  clickToConversionMaxMs: windowField.describe('0 for no maximum'),
} satisfies { readonly [Field in keyof OfferTerms]: z.ZodType<OfferTerms[Field]> }

/** The given fields of an advertiser's offer: on creation the others have their defaults, later they stay. */
export const termsField = z.strictObject(fields).partial()
