import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DEFAULT_TERMS, OFFER_STATUSES, OFFER_VISIBILITIES, offerStatusAt } from '../domain/offer-terms.ts'
import { TARGET_TYPES } from '../domain/target-types.ts'
import type { Offer } from '../store/offers.ts'
import { listFindableOffers } from '../store/portal-offers.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { loadManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { untilGone } from './ask-report.ts'
import { managerOf, workspaceOf } from './caller.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import type { PortalUser } from './portal-affiliate.ts'
import { portalOfferSchema } from './portal-offer-view.ts'
import { affiliateOffersQuery, offersOfAffiliate } from './portal-offers.ts'
import { pixelKinds } from './portal-pixel-words.ts'
import { affiliateReportBody, affiliateReportSchema, reportOfAffiliate } from './portal-reports.ts'
import { priceSchema, toPriceView } from './price-fields.ts'
import { notFound } from './problem.ts'

const AFFILIATE = '/api/v1/affiliates/:id'

const listQuery = pageQuery.extend({
  search: z.string().trim().max(200).default('').describe('A part of the name'),
})

const networkOfferSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    status: z.enum(OFFER_STATUSES),
    visibility: z.enum(OFFER_VISIBILITIES),
    previewUrl: z.string(),
    tags: z.array(z.string()),
    countries: z.array(z.string()).describe('Of the visitors it takes; empty for all'),
    currency: z.string().describe('Of the amounts in payouts'),
    defaultEvent: z.string(),
    payout: priceSchema.describe('Of whoever has none of its own, for the default event'),
    kinds: z.array(z.enum(TARGET_TYPES)).describe('Postbacks and pixels that affiliates may use'),
  })
  .meta({ id: 'NetworkOffer' })

/**
 * What those who look after affiliates see of offers and results: what an affiliate sees of them, and so nothing of
 * what the network earns.
 */
export function affiliateViewRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store } = deps
  app.get('/api/v1/network-offers', {
    schema: {
      tags: ['offers'],
      summary: 'Offers that affiliates can find, with what they pay and without what comes in',
      querystring: listQuery,
      response: { 200: pageOf(networkOfferSchema) },
    },
    handler: async (request) => {
      const { search, ...page } = request.query
      const found = await listFindableOffers(store, workspaceOf(request), { search, page })
      const now = deps.clock()
      return { items: found.items.map((offer) => toView(offer, now)), nextCursor: found.nextCursor }
    },
  })
  app.get(`${AFFILIATE}/offers`, {
    schema: {
      tags: ['affiliates'],
      summary: 'Offers as an affiliate sees them in its portal',
      params: idParams,
      querystring: affiliateOffersQuery,
      response: { 200: pageOf(portalOfferSchema) },
    },
    handler: async (request) => {
      const user = await viewedAffiliate(store.db, request, request.params.id)
      return await offersOfAffiliate(deps, user, request.query)
    },
  })
  app.post(`${AFFILIATE}/reports`, {
    schema: {
      tags: ['affiliates'],
      summary: 'Run a report over what one affiliate sees of its own results',
      params: idParams,
      body: affiliateReportBody,
      response: { 200: affiliateReportSchema },
    },
    handler: async (request, reply) => {
      const user = await viewedAffiliate(store.db, request, request.params.id)
      return await reportOfAffiliate(deps, user, { body: request.body, signal: untilGone(reply) })
    },
  })
}

/** @throws Problem 404, also for an affiliate of another manager. */
async function viewedAffiliate(db: Db, request: FastifyRequest, id: string): Promise<PortalUser> {
  const workspace = workspaceOf(request)
  const affiliate = await loadManagedAffiliate(db, { workspace, id, managerId: managerOf(request) })
  const network = await getWorkspace(db, workspace)
  if (network === undefined) throw notFound('affiliate', id)
  return { workspace, affiliateId: id, affiliate, network }
}

function toView(offer: Offer, now: number): z.input<typeof networkOfferSchema> {
  const terms = offer.terms ?? DEFAULT_TERMS
  const { description, visibility, previewUrl, payout } = terms
  const { id, name, currency, defaultEvent, tags, countries } = offer
  return {
    id,
    name,
    description,
    visibility,
    previewUrl,
    currency,
    defaultEvent,
    tags: [...tags],
    countries: [...countries],
    status: offerStatusAt(offer, now),
    payout: toPriceView(payout),
    kinds: pixelKinds(terms).flatMap(({ type, isAllowed }) => (isAllowed ? [type] : [])),
  }
}
