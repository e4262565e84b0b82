import { z } from 'zod'
import type { TestSubject } from '../conversions/render-test-target.ts'
import { getAffiliateOffer } from '../store/affiliate-offers.ts'
import { getAffiliate } from '../store/affiliates.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import { getOffer } from '../store/offers.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { firedTestSchema, fireTest, TESTS_PER_MINUTE } from './fire-test.ts'
import { findTarget } from './notification-targets.ts'
import { idParams } from './page.ts'
import { invalidFields } from './problem.ts'
import { perWorkspace } from './rate-limits.ts'

const body = z
  .strictObject({
    offerId: z.string().max(64).default('').describe("Which offer the test conversion is of; '' for none"),
  })
  .nullish()

/** The Test button of the network's and tracker's own people. */
export function targetTestRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/notification-targets/:id/test', {
    config: perWorkspace(TESTS_PER_MINUTE),
    schema: {
      tags: ['notification-targets'],
      summary: 'Test: fire a marked conversion at a target now, and show the request and the answer',
      params: idParams,
      body,
      response: { 200: firedTestSchema },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { db } = deps.store
      const target = await findTarget(db, workspace, request.params.id)
      return await fireTest(deps, target, await loadSubject(db, target, request.body?.offerId ?? ''))
    },
  })
}

/** An affiliate's target is told of a conversion of its own, with what it is paid. */
async function loadSubject(
  db: Db,
  { workspace, ownerType, ownerId, offerId: ownOfferId }: StoredTarget,
  givenOfferId: string,
): Promise<Pick<TestSubject, 'affiliate' | 'offer' | 'payouts'>> {
  const offerId = ownOfferId || givenOfferId
  const offer = offerId === '' ? undefined : await getOffer(db, { workspace, id: offerId })
  if (offerId !== '' && offer === undefined) {
    throw invalidFields([{ field: 'offerId', message: `there is no offer "${offerId}"` }])
  }
  if (ownerType !== 'affiliate') return { affiliate: undefined, offer, payouts: undefined }
  const affiliate = await getAffiliate(db, { workspace, id: ownerId })
  const key = { workspace, offerId, affiliateId: ownerId }
  const application = offer === undefined ? undefined : await getAffiliateOffer(db, key)
  return { affiliate, offer, payouts: application?.payouts }
}
