import { z } from 'zod'
import { listOffersForAffiliate } from '../store/portal-offers.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import {
  portalOfferDetailSchema,
  portalOfferSchema,
  toPortalOffer,
  toPortalOfferDetail,
} from './portal-offer-view.ts'
import { loadStanding, loadStandings } from './portal-standings.ts'

const TAGS = ['portal']
const PATH = '/api/v1/portal/offers'

export const affiliateOffersQuery = pageQuery.extend({
  search: z.string().trim().max(200).default('').describe('A part of the name'),
  tag: z.string().trim().max(40).default(''),
  country: z
    .string()
    .trim()
    .max(2)
    .default('')
    .transform((text) => text.toUpperCase())
    .describe('Offers that take visitors of this country'),
  mine: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Only those that you may run, also while they are paused'),
})

/** Offers as an affiliate sees them: with its own payouts, and without anything of the advertiser's. */
export function portalOfferRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store, publicUrl } = deps
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Offers to run, or to apply for',
      querystring: affiliateOffersQuery,
      response: { 200: pageOf(portalOfferSchema) },
    },
    handler: async (request) => {
      return await offersOfAffiliate(deps, await portalUser(store.db, request), request.query)
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One offer, with its terms, landing pages and creatives',
      params: idParams,
      response: { 200: portalOfferDetailSchema },
    },
    handler: async (request) => {
      const user = await portalUser(store.db, request)
      const standing = await loadStanding(store, user, { id: request.params.id, now: deps.clock() })
      return toPortalOfferDetail(user, publicUrl, standing)
    },
  })
}

/** A page of the offers that an affiliate may see, each as it stands with it. */
export async function offersOfAffiliate(
  { store, publicUrl, clock }: ApiDeps,
  user: PortalUser,
  { limit, cursor, ...search }: z.output<typeof affiliateOffersQuery>,
): Promise<z.input<ReturnType<typeof pageOf<typeof portalOfferSchema>>>> {
  const now = clock()
  const page = await listOffersForAffiliate(store, user, { search, page: { limit, cursor }, now })
  const standings = await loadStandings(store.db, user, { offers: page.items, now })
  const items = standings.map((standing) => toPortalOffer(user, publicUrl, standing))
  return { items, nextCursor: page.nextCursor }
}
