import { z } from 'zod'
import { formatMicros } from '../domain/money.ts'
import { getAffiliateNetwork } from '../store/affiliate-networks.ts'
import {
  archiveOffer,
  createOffer,
  getOffer,
  listOffers,
  type Offer,
  type OfferFields,
  updateOffer,
} from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { amountField, currencyField, eventField, nameField, templateUrlField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'
import { CURRENCY_OF_WORKSPACE, withWorkspaceCurrency } from './workspace-currency.ts'

const EVENTS_MAX = 50
const DAILY_CAP_MAX = 1_000_000_000
const EVENT_DEFAULT = 'conversion'

const fields = {
  name: nameField,
  affiliateNetworkId: z.string().max(64).describe("'' when the offer belongs to no network"),
  url: templateUrlField.describe('With macros; the click id parameter of the network is appended'),
  payout: amountField.nullable().describe('Fixed amount per conversion; null: it comes with the postback'),
  currency: currencyField.describe("Of the payout; on creation the workspace's unless told"),
  defaultEvent: eventField.describe('Event of a conversion that names none'),
  events: z.array(eventField).max(EVENTS_MAX).describe('Known events; empty for any'),
  dailyCap: z.int().min(1).max(DAILY_CAP_MAX).nullable().describe('Conversions per UTC day; null for no cap'),
}

const createBody = z
  .strictObject({
    ...fields,
    affiliateNetworkId: fields.affiliateNetworkId.default(''),
    payout: fields.payout.default(null),
    currency: fields.currency.default(CURRENCY_OF_WORKSPACE),
    defaultEvent: fields.defaultEvent.default(EVENT_DEFAULT),
    events: fields.events.default([]),
    dailyCap: fields.dailyCap.default(null),
  })
  .transform(({ payout, ...rest }) => ({ ...rest, payoutMicros: payout }))

const updateBody = z
  .strictObject(fields)
  .partial()
  .transform(({ payout, ...rest }) => (payout === undefined ? rest : { ...rest, payoutMicros: payout }))

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
    dailyCap: z.int().nullable(),
  })
  .meta({ id: 'Offer' })

export function offerRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<Offer, OfferFields>(app, deps, {
    path: 'offers',
    what: 'offer',
    createBody,
    updateBody,
    itemSchema: offerSchema,
    create: createOffer,
    update: updateOffer,
    archive: archiveOffer,
    get: getOffer,
    list: listOffers,
    complete: withWorkspaceCurrency,
    toViews: async (_db, items) => items.map(toView),
    check: checkOffer,
  })
}

async function checkOffer(db: Db, workspace: string, offer: OfferFields): Promise<void> {
  const errors = []
  const { affiliateNetworkId: id, events, defaultEvent } = offer
  if (id !== '' && (await getAffiliateNetwork(db, { workspace, id })) === undefined) {
    errors.push({ field: 'affiliateNetworkId', message: `there is no affiliate network "${id}"` })
  }
  if (events.length > 0 && !events.includes(defaultEvent)) {
    errors.push({ field: 'events', message: `must contain the default event "${defaultEvent}"` })
  }
  if (errors.length > 0) throw invalidFields(errors)
}

function toView(offer: Offer): z.input<typeof offerSchema> {
  return {
    ...toOwnedView(offer),
    name: offer.name,
    affiliateNetworkId: offer.affiliateNetworkId,
    url: offer.url,
    payout: offer.payoutMicros === null ? null : formatMicros(offer.payoutMicros),
    currency: offer.currency,
    defaultEvent: offer.defaultEvent,
    events: [...offer.events],
    dailyCap: offer.dailyCap,
  }
}
