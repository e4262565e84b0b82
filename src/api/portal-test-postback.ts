import { z } from 'zod'
import type { StoredTarget } from '../store/notification-targets.ts'
import { getTargetOfAffiliate } from '../store/portal-targets.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type FiredTest, firedTestFields, fireTest, TESTS_PER_MINUTE } from './fire-test.ts'
import { idParams } from './page.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import { loadStanding } from './portal-standings.ts'
import { notFound } from './problem.ts'
import { perAffiliate } from './rate-limits.ts'

const body = z
  .strictObject({
    offerId: z
      .string()
      .max(64)
      .default('')
      .describe("For a global postback: which offer the test conversion is of; '' for none"),
  })
  .nullish()

const testSchema = z.object(firedTestFields).meta({ id: 'PortalPostbackTest' })

/** The Test button: one marked conversion, sent at once to one target; nothing is counted, queued or kept. */
export function portalTestPostbackRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/portal/postbacks/:id/test', {
    config: perAffiliate(TESTS_PER_MINUTE),
    schema: {
      tags: ['portal'],
      summary: 'Test: fire a marked conversion at a postback now, and show the request and the answer',
      params: idParams,
      body,
      response: { 200: testSchema },
    },
    handler: async (request) => {
      const { db } = deps.store
      const user = await portalUser(db, request)
      const { id } = request.params
      const target = await getTargetOfAffiliate(db, user, id)
      if (target === undefined) throw notFound('postback', id)
      return await test(deps, user, { target, offerId: target.offerId || (request.body?.offerId ?? '') })
    },
  })
}

async function test(
  deps: ApiDeps,
  user: PortalUser,
  { target, offerId }: { readonly target: StoredTarget; readonly offerId: string },
): Promise<FiredTest> {
  const now = deps.clock()
  const standing = offerId === '' ? undefined : await loadStanding(deps.store, user, { id: offerId, now })
  const { offer, application } = standing ?? {}
  return await fireTest(deps, target, { affiliate: user.affiliate, offer, payouts: application?.payouts })
}
