import { z } from 'zod'
import { PAYOUT_MODES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import { DEFAULT_TERMS, OFFER_STATUSES, type OfferTerms, offerStatusAt } from '../domain/offer-terms.ts'
import { getAffiliateNetwork } from '../store/affiliate-networks.ts'
import { getCampaign } from '../store/campaigns.ts'
import {
  archiveOffer,
  createOffer,
  getOffer,
  listOffers,
  OFFER_KINDS,
  type Offer,
  type OfferFields,
  restoreOffer,
  updateOffer,
} from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { checkOfferArchive } from './archive-checks.ts'
import { findCircle } from './campaign-circles.ts'
import { countCapsField } from './cap-fields.ts'
import {
  amountField,
  countryField,
  currencyField,
  eventField,
  legacyIdsField,
  nameField,
  tagsField,
  templateUrlField,
  timeZoneField,
} from './fields.ts'
import { findTakenLegacyIds, legacyIdLocks } from './legacy-ids.ts'
import {
  findCurrencyErrors,
  findOwnerErrors,
  findTermsErrors,
  refusePayoutAboveRevenue,
} from './offer-terms-checks.ts'
import { termsField } from './offer-terms-fields.ts'
import { termsSchema, toTermsView } from './offer-terms-view.ts'
import { findOverflowCircle } from './overflow-circles.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { ownedPageQuery } from './page.ts'
import { type FieldError, invalidFields } from './problem.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

const EVENTS_MAX = 50
const COUNTRIES_MAX = 250
const EVENT_DEFAULT = 'conversion'

const idField = z.string().max(64)

/**
 * What a body says of an offer. The confirmation is not kept: it is asked again when prices change, and the audit
 * log tells that it was given.
 */
type OfferBody = OfferFields & { readonly confirmPayoutAboveRevenue?: boolean | undefined }

const fields = {
  name: nameField,
  affiliateNetworkId: z.string().max(64).describe("'' when the offer belongs to no network"),
  url: z
    .union([z.literal(''), templateUrlField])
    .describe("With macros; the click id parameter of the network is appended; '' when it is a campaign"),
  campaignId: idField.describe("The campaign that visitors go on through; '' for an offer with a URL"),
  payoutMode: z
    .enum(PAYOUT_MODES)
    .describe('auto: what the postback names, else the payout; fixed: the payout'),
  payout: amountField.nullable().describe('Amount per conversion; null: it comes with the postback'),
  currency: currencyField.describe("Of the payout; on creation the workspace's unless told"),
  defaultEvent: eventField.describe('Event of a conversion that names none'),
  events: z.array(eventField).max(EVENTS_MAX).describe('Known events; empty for any'),
  caps: countCapsField
    .extend({ timeZone: timeZoneField.default('UTC').describe('Where its days and months begin') })
    .describe('Conversions that it takes'),
  fallbackOfferId: idField.describe('Where visitors go that it does not take'),
  countries: z.array(countryField).max(COUNTRIES_MAX).describe('Of the visitors it takes; empty for all'),
  tags: tagsField,
  legacyIds: legacyIdsField,
  advertiserId: idField.describe("Who pays for it, in place of an affiliate network; '' for none"),
  terms: termsField
    .nullable()
    .describe("Of an advertiser's offer: the given fields; the others have defaults, or stay as they are"),
  confirmPayoutAboveRevenue: z
    .boolean()
    .optional()
    .describe('A payout above the revenue is refused without it'),
}

const createBody = z
  .strictObject({
    ...fields,
    affiliateNetworkId: fields.affiliateNetworkId.default(''),
    payout: fields.payout.default(null),
    currency: fields.currency.default(CURRENCY_OF_WORKSPACE),
    defaultEvent: fields.defaultEvent.default(EVENT_DEFAULT),
    events: fields.events.default([]),
    url: fields.url.default(''),
    campaignId: fields.campaignId.default(''),
    payoutMode: fields.payoutMode.default('auto'),
    caps: fields.caps.default({ daily: null, monthly: null, total: null, timeZone: 'UTC' }),
    fallbackOfferId: fields.fallbackOfferId.default(''),
    countries: fields.countries.default([]),
    tags: fields.tags.default([]),
    legacyIds: fields.legacyIds.default([]),
    advertiserId: fields.advertiserId.default(''),
    terms: fields.terms.default(null),
  })
  .transform(({ payout, terms, ...rest }) => ({
    ...rest,
    payoutMicros: payout,
    terms: terms === null && rest.advertiserId === '' ? null : completeTerms(null, terms),
  }))

const updateBody = z
  .strictObject(fields)
  .partial()
  .transform(({ payout, ...rest }) => (payout === undefined ? rest : { ...rest, payoutMicros: payout }))

const listQuery = ownedPageQuery.extend({
  advertiserId: idField.optional(),
  kind: z
    .enum(OFFER_KINDS)
    .optional()
    .describe("network: advertisers' offers; tracker: those of affiliate networks, or of nobody"),
})

const offerSchema = z
  .object({
    ...ownedFields,
    name: z.string(),
    affiliateNetworkId: z.string(),
    url: z.string(),
    payout: z.string().nullable(),
    currency: z.string(),
    defaultEvent: z.string(),
    events: z.array(z.string()),
    campaignId: z.string(),
    payoutMode: z.enum(PAYOUT_MODES),
    caps: z.object({
      daily: z.int().nullable(),
      monthly: z.int().nullable(),
      total: z.int().nullable(),
      timeZone: z.string(),
    }),
    fallbackOfferId: z.string(),
    countries: z.array(z.string()),
    tags: z.array(z.string()),
    legacyIds: z.array(z.string()),
    advertiserId: z.string(),
    terms: termsSchema.nullable().describe("Null for an offer that is no advertiser's"),
    statusNow: z.enum(OFFER_STATUSES).describe('With its expiry and its archiving'),
  })
  .meta({ id: 'Offer' })

export function offerRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Offer, OfferBody>(app, deps, {
    path: 'offers',
    what: 'offer',
    createBody,
    updateBody,
    listQuery,
    itemSchema: offerSchema,
    create: createOffer,
    update: updateOffer,
    archive: archiveOffer,
    restore: restoreOffer,
    get: getOffer,
    list: listOffers,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items) => items.map((offer) => toView(offer, deps.clock())),
    merge: mergeTerms,
    locks: legacyIdLocks('offers'),
    check: checkOffer,
    checkArchive: checkOfferArchive,
  })
}

/** An update names the terms that it changes; they go with the advertiser. */
function mergeTerms(current: Offer, body: Partial<OfferBody>): Partial<OfferBody> {
  const { advertiserId = current.advertiserId, terms } = body
  if (advertiserId === '') return terms === undefined ? { ...body, terms: null } : body
  return terms === null ? body : { ...body, terms: completeTerms(current.terms, terms) }
}

/** @param given some of the terms: an update's type does not tell that parts are missing. */
function completeTerms(current: OfferTerms | null, given: object | null | undefined): OfferTerms {
  return { ...DEFAULT_TERMS, ...current, ...given }
}

async function checkOffer(db: Db, workspace: string, offer: OfferBody, ownId?: string): Promise<void> {
  const errors = [
    ...(await findOwnerErrors(db, workspace, offer)),
    ...findTermsErrors(offer),
    ...(await findCurrencyErrors(db, workspace, offer)),
  ]
  const { affiliateNetworkId: id, events, defaultEvent } = offer
  if ((offer.url === '') === (offer.campaignId === '')) {
    errors.push({ field: 'url', message: 'an offer has either a URL or a campaign' })
  }
  if (id !== '' && (await getAffiliateNetwork(db, { workspace, id })) === undefined) {
    errors.push({ field: 'affiliateNetworkId', message: `there is no affiliate network "${id}"` })
  }
  if (events.length > 0 && !events.includes(defaultEvent)) {
    errors.push({ field: 'events', message: `must contain the default event "${defaultEvent}"` })
  }
  errors.push(...(await findWrongWays(db, { workspace, offer, ownId })))
  errors.push(...(await findTakenLegacyIds(db, 'offers', { legacyIds: offer.legacyIds, own: ownId })))
  if (errors.length > 0) throw invalidFields(errors)
  if (offer.confirmPayoutAboveRevenue === true) return
  const saved = ownId === undefined ? undefined : await getOffer(db, { workspace, id: ownId })
  await refusePayoutAboveRevenue(db, offer, saved)
}

/** The campaign and the fallback that it leads to must be in use, and lead somewhere. */
async function findWrongWays(
  db: Db,
  saved: { readonly workspace: string; readonly offer: OfferFields; readonly ownId: string | undefined },
): Promise<readonly FieldError[]> {
  const { workspace, offer, ownId: id } = saved
  const { campaignId, fallbackOfferId } = offer
  const errors: FieldError[] = []
  const campaign = campaignId === '' ? undefined : await getCampaign(db, { workspace, id: campaignId })
  if (campaignId !== '' && campaign?.archivedAt !== null) {
    errors.push({ field: 'campaignId', message: `there is no campaign "${campaignId}"` })
  }
  const fallback = fallbackOfferId === '' ? undefined : await getOffer(db, { workspace, id: fallbackOfferId })
  if (fallbackOfferId !== '' && fallback?.archivedAt !== null) {
    errors.push({ field: 'fallbackOfferId', message: `there is no offer "${fallbackOfferId}"` })
  }
  const overflow = await findOverflowCircle(db, workspace, { id, offer })
  if (overflow !== undefined) errors.push({ field: 'fallbackOfferId', message: overflow })
  const circle = await findCircle(db, workspace, { kind: 'offer', id, offer })
  if (circle !== undefined) {
    errors.push({ field: campaignId === '' ? 'fallbackOfferId' : 'campaignId', message: circle })
  }
  return errors
}

function toView(offer: Offer, now: number): z.input<typeof offerSchema> {
  return {
    ...toOwnedView(offer),
    name: offer.name,
    affiliateNetworkId: offer.affiliateNetworkId,
    url: offer.url,
    payout: offer.payoutMicros === null ? null : formatMicros(offer.payoutMicros),
    currency: offer.currency,
    defaultEvent: offer.defaultEvent,
    events: [...offer.events],
    campaignId: offer.campaignId,
    payoutMode: offer.payoutMode,
    caps: offer.caps,
    fallbackOfferId: offer.fallbackOfferId,
    countries: [...offer.countries],
    tags: [...offer.tags],
    legacyIds: [...offer.legacyIds],
    advertiserId: offer.advertiserId,
    terms: offer.terms === null ? null : toTermsView(offer.terms),
    statusNow: offerStatusAt(offer, now),
  }
}
