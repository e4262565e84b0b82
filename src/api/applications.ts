import { z } from 'zod'
import { APPLICATION_STATES } from '../domain/affiliate.ts'
import { getAffiliateOffer, NEW_APPLICATION } from '../store/affiliate-offers.ts'
import { listApplications } from '../store/applications.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import {
  decideBody,
  standingBody,
  standingParams,
  standingSchema,
  toStandingView,
} from './application-fields.ts'
import { callerOf, managerOf, workspaceOf } from './caller.ts'
import { decideMany, findParties, setStanding } from './decide-application.ts'
import { pageOf, pageQuery } from './page.ts'

const TAGS = ['applications']
const STANDING = '/api/v1/offers/:id/affiliates/:affiliateId'

const listQuery = pageQuery.extend({
  state: z.enum(APPLICATION_STATES).optional(),
  offerId: z.string().max(64).optional(),
  affiliateId: z.string().max(64).optional(),
})

const decidedSchema = z
  .object({
    changed: z.int(),
    unchanged: z.int().describe('Those that stood so already'),
    unknown: z
      .array(z.object({ offerId: z.string(), affiliateId: z.string() }))
      .describe('Those whose offer or affiliate you have not'),
  })
  .meta({ id: 'ApplicationsDecided' })

/** Who asked to run which offer, and where each affiliate stands with it. */
export function applicationRoutes(app: ApiApp, deps: ApiDeps): void {
  listRoute(app, deps)
  standingRoutes(app, deps)
  app.post('/api/v1/applications/decide', {
    schema: {
      tags: TAGS,
      summary: 'Decide many applications at once',
      body: decideBody,
      response: { 200: decidedSchema },
    },
    handler: async (request) => {
      const { items, ...decision } = request.body
      const by = { caller: callerOf(request), managerId: managerOf(request) }
      return await decideMany(deps, by, { items, decision })
    },
  })
}

function listRoute(app: ApiApp, { store }: ApiDeps): void {
  app.get('/api/v1/applications', {
    schema: {
      tags: TAGS,
      summary: 'Where affiliates stand with offers, last changed first',
      querystring: listQuery,
      response: { 200: pageOf(standingSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...asked } = request.query
      const filter = { ...asked, managerId: managerOf(request) }
      const page = await listApplications(store.db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toStandingView), nextCursor: page.nextCursor }
    },
  })
}

function standingRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get(STANDING, {
    schema: {
      tags: TAGS,
      summary: 'Where an affiliate stands with an offer',
      params: standingParams,
      response: { 200: standingSchema },
    },
    handler: async (request) => {
      const { id: offerId, affiliateId } = request.params
      const workspace = workspaceOf(request)
      const key = { workspace, offerId, affiliateId }
      const parties = await findParties(deps.store.db, key, managerOf(request))
      const standing = (await getAffiliateOffer(deps.store.db, key)) ?? NO_STANDING
      return toStandingView({ ...standing, ...namesOf(parties) })
    },
  })
  app.post(STANDING, {
    schema: {
      tags: TAGS,
      summary: 'Let an affiliate run an offer, or not; with its own payouts and caps',
      params: standingParams,
      body: standingBody,
      response: { 200: standingSchema },
    },
    handler: async (request) => {
      const { id: offerId, affiliateId } = request.params
      const by = { caller: callerOf(request), managerId: managerOf(request) }
      const { parties, standing } = await setStanding(deps, by, {
        pair: { offerId, affiliateId },
        body: request.body,
      })
      return toStandingView({ ...standing, ...namesOf(parties) })
    },
  })
}

const NO_STANDING = { ...NEW_APPLICATION, state: 'none', createdAt: null, updatedAt: null } as const

function namesOf({ offer, affiliate }: Awaited<ReturnType<typeof findParties>>) {
  return {
    offerId: offer.id,
    offerName: offer.name,
    affiliateId: affiliate.id,
    affiliateName: affiliate.name,
  }
}
