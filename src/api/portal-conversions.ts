import type { ApiApp, ApiDeps } from './api-deps.ts'
import { pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import {
  listPortalConversions,
  portalConversionFilter,
  portalConversionSchema,
} from './portal-conversion-view.ts'

const listQuery = pageQuery.extend(portalConversionFilter)

/** An affiliate's conversions, with its payout. */
export function portalConversionRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store } = deps
  app.get('/api/v1/portal/conversions', {
    schema: {
      tags: ['portal'],
      summary: 'Your conversions, newest first',
      querystring: listQuery,
      response: { 200: pageOf(portalConversionSchema) },
    },
    handler: async (request) => {
      const user = await portalUser(store.db, request)
      const { limit, cursor, ...filter } = request.query
      const { items, nextCursor } = await listPortalConversions(store, user, {
        filter,
        page: { limit, cursor },
      })
      return { items: [...items], nextCursor }
    },
  })
}
