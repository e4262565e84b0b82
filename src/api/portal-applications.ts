import { z } from 'zod'
import {
  type AffiliateOfferFields,
  getAffiliateOffer,
  NEW_APPLICATION,
  saveAffiliateOffer,
} from '../store/affiliate-offers.ts'
import { applicationLock } from '../store/applications.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { pairId } from '../store/page.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import type { Standing } from './portal-offer-standing.ts'
import { portalOfferDetailSchema, toPortalOfferDetail } from './portal-offer-view.ts'
import { loadStanding } from './portal-standings.ts'
import { invalidFields, Problem } from './problem.ts'

const MESSAGE_CHARS_MAX = 2_000

const applyBody = z.strictObject({
  message: z.string().trim().max(MESSAGE_CHARS_MAX).default('').describe('How you will promote the offer'),
  acceptAgreement: z.boolean().default(false).describe("That you accept the offer's terms"),
})

/** Asks to run an offer, and accepts its terms. */
export function portalApplicationRoutes(app: ApiApp, deps: ApiDeps): void {
  const { store, publicUrl } = deps
  app.post('/api/v1/portal/offers/:id/apply', {
    schema: {
      tags: ['portal'],
      summary: 'Apply for an offer; accept its terms',
      params: idParams,
      body: applyBody,
      response: { 200: portalOfferDetailSchema },
    },
    handler: async (request) => {
      const { actor } = callerOf(request)
      const { id } = request.params
      const now = deps.clock()
      return await inTransaction(store.db, async (db) => {
        const user = await portalUser(db, request)
        // A manager's decision and a second application wait for each other.
        await lockKeys(db, store.engine, [applicationLock({ offerId: id, affiliateId: user.affiliateId })])
        const trx = { db, engine: store.engine }
        const standing = await loadStanding(trx, user, { id, now })
        const fields = applied(standing, { ...request.body, now })
        await save(db, user, { offerId: id, fields, actor, now })
        return toPortalOfferDetail(user, publicUrl, await loadStanding(trx, user, { id, now }))
      })
    },
  })
}

type Application = z.infer<typeof applyBody> & { readonly now: number }

/**
 * What the application becomes. Who was let in already accepts the terms; who needs nobody's approval is let in by
 * accepting them; a refused one may ask again, and a blocked one may not.
 * @throws Problem when it can not apply.
 */
function applied(
  { terms, application, status }: Standing,
  { message, acceptAgreement, now }: Application,
): AffiliateOfferFields {
  if (application?.state === 'blocked') {
    throw new Problem(403, 'offer_blocked', 'You may not run this offer, and can not apply for it again.')
  }
  if (status !== 'active') throw new Problem(409, 'offer_not_active', `This offer is ${status}.`)
  const acceptedAt = acceptAgreement ? now : (application?.acceptedAt ?? null)
  if (terms.agreement !== '' && acceptedAt === null) {
    throw invalidFields([{ field: 'acceptAgreement', message: "accept this offer's terms to apply" }])
  }
  const isOpen = terms.visibility === 'public' && application?.state !== 'rejected'
  const state = isOpen || application?.state === 'approved' ? 'approved' : 'pending'
  const { payouts, caps } = application ?? NEW_APPLICATION
  return { state, message, reason: '', acceptedAt, payouts, caps }
}

type Saved = {
  readonly offerId: string
  readonly fields: AffiliateOfferFields
  readonly actor: string
  readonly now: number
}

async function save(db: Db, user: PortalUser, { offerId, fields, actor, now }: Saved): Promise<void> {
  const { workspace, affiliateId } = user
  const key = { workspace, affiliateId, offerId }
  const before = await getAffiliateOffer(db, key)
  const message = fields.message === '' ? (before?.message ?? '') : fields.message
  await saveAffiliateOffer(db, key, { ...fields, message }, now)
  await appendAudit(db, {
    workspace,
    at: now,
    actor,
    action: 'application.create',
    subjectType: 'application',
    subjectId: pairId(offerId, affiliateId),
    detail: { offerId, affiliateId, state: fields.state },
  })
}
