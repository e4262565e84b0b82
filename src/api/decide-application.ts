import type { z } from 'zod'
import type { CustomPayouts } from '../domain/affiliate.ts'
import { findCustomPayoutsAboveRevenue } from '../domain/price-check.ts'
import {
  type AffiliateOffer,
  type AffiliateOfferFields,
  type AffiliateOfferKey,
  getAffiliateOffer,
  NEW_APPLICATION,
  saveAffiliateOffer,
} from '../store/affiliate-offers.ts'
import { type Affiliate, getAffiliate } from '../store/affiliates.ts'
import { applicationLock } from '../store/applications.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { getOffer, type Offer } from '../store/offers.ts'
import { pairId } from '../store/page.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { roleSuffices } from './access-table.ts'
import type { ApiDeps } from './api-deps.ts'
import { type standingBody, toDecisionView } from './application-fields.ts'
import { auditedChanges } from './audited-changes.ts'
import type { Caller } from './caller.ts'
import { findOwnClickCapErrors, findPayoutErrors, payoutAboveRevenue } from './offer-terms-checks.ts'
import { type FieldError, invalidFields, notFound, Problem } from './problem.ts'

type Pair = Omit<AffiliateOfferKey, 'workspace'>
type Decision = Pick<AffiliateOfferFields, 'state' | 'reason'>
/** Who decides; an affiliate manager about its own affiliates alone. */
type By = { readonly caller: Caller; readonly managerId: string | undefined }
type Parties = { readonly offer: Offer; readonly affiliate: Affiliate }

/**
 * The two that it is about, both in use.
 * @throws Problem 404, also for an affiliate of another manager; 422 for an offer that is no advertiser's.
 */
export async function findParties(
  db: Db,
  key: AffiliateOfferKey,
  managerId: string | undefined,
): Promise<Parties> {
  const found = await lookForParties(db, key, managerId)
  if (found instanceof Problem) throw found
  return found
}

async function lookForParties(
  db: Db,
  { workspace, offerId, affiliateId }: AffiliateOfferKey,
  managerId: string | undefined,
): Promise<Parties | Problem> {
  const offer = await getOffer(db, { workspace, id: offerId })
  if (offer?.archivedAt !== null) return notFound('offer', offerId)
  const affiliate = await getAffiliate(db, { workspace, id: affiliateId })
  const isSeen = managerId === undefined || affiliate?.managerId === managerId
  if (affiliate?.archivedAt !== null || !isSeen) return notFound('affiliate', affiliateId)
  if (offer.terms !== null) return { offer, affiliate }
  return new Problem(422, 'no_advertiser', `Affiliates run offers of advertisers; "${offer.name}" has none.`)
}

/** Sets where an affiliate stands with an offer; what the body leaves open stays. */
export async function setStanding(
  { store, clock }: ApiDeps,
  by: By,
  { pair, body }: { readonly pair: Pair; readonly body: z.output<typeof standingBody> },
): Promise<{ readonly parties: Parties; readonly standing: AffiliateOffer }> {
  const { workspace, role } = by.caller
  const { state, reason, payouts, caps, confirmPayoutAboveRevenue } = body
  if (payouts !== undefined && !roleSuffices(role, 'manager')) {
    throw new Problem(403, 'role_too_low', 'Custom payouts need the role manager.')
  }
  const key = { workspace, ...pair }
  return await inTransaction(store.db, async (db) => {
    await lockKeys(db, store.engine, [applicationLock(pair)])
    const parties = await findParties(db, key, by.managerId)
    if (payouts !== undefined) checkPayouts(parties.offer, payouts, confirmPayoutAboveRevenue)
    const current = await getAffiliateOffer(db, key)
    const now = clock()
    const changes = {
      state,
      reason,
      ...(payouts !== undefined && { payouts }),
      ...(caps !== undefined && { caps }),
    }
    const changed = { ...(current ?? NEW_APPLICATION), ...changes }
    if (payouts !== undefined || caps !== undefined) refuseClickCaps(parties.offer, changed)
    await saveAffiliateOffer(db, key, changed, now)
    await audit(db, by.caller, { pair, now, before: current, after: changed })
    const standing = await getAffiliateOffer(db, key)
    if (standing === undefined) throw notFound('affiliate', pair.affiliateId)
    return { parties, standing }
  })
}

/** All in one transaction; those whose offer or affiliate the caller has not are left out and told. */
export async function decideMany(
  { store, clock }: ApiDeps,
  by: By,
  { items, decision }: { readonly items: readonly Pair[]; readonly decision: Decision },
): Promise<{ changed: number; unchanged: number; unknown: Pair[] }> {
  return await inTransaction(store.db, async (db) => {
    await lockKeys(db, store.engine, items.map(applicationLock))
    const now = clock()
    const decided = { changed: 0, unchanged: 0, unknown: [] as Pair[] }
    for (const pair of items) {
      const became = await decide(db, by, { pair, decision, now })
      if (became === 'unknown') decided.unknown.push(pair)
      else decided[became] += 1
    }
    return decided
  })
}

async function decide(
  db: Db,
  { caller, managerId }: By,
  { pair, decision, now }: { readonly pair: Pair; readonly decision: Decision; readonly now: number },
): Promise<'changed' | 'unchanged' | 'unknown'> {
  const key = { workspace: caller.workspace, ...pair }
  if ((await lookForParties(db, key, managerId)) instanceof Problem) return 'unknown'
  const current = await getAffiliateOffer(db, key)
  if (current?.state === decision.state && current.reason === decision.reason) return 'unchanged'
  const decided = { ...(current ?? NEW_APPLICATION), ...decision }
  await saveAffiliateOffer(db, key, decided, now)
  await audit(db, caller, { pair, now, before: current, after: decided })
  return 'changed'
}

function refuseClickCaps({ terms }: Offer, own: Pick<AffiliateOfferFields, 'payouts' | 'caps'>): void {
  const errors = terms === null ? [] : findOwnClickCapErrors(terms, own)
  if (errors.length > 0) throw invalidFields(errors)
}

/** By the same rules as the offer's own payouts. */
function checkPayouts(offer: Offer, payouts: CustomPayouts, isConfirmed: boolean): void {
  const { terms, defaultEvent } = offer
  if (terms === null) return
  const errors: FieldError[] = Object.entries(payouts).flatMap(([event, payout]) =>
    findPayoutErrors({ goals: terms.goals, defaultEvent }, { event, payout }).map((message) => ({
      field: `payouts.${event}`,
      message,
    })),
  )
  if (errors.length > 0) throw invalidFields(errors)
  const above = findCustomPayoutsAboveRevenue(terms, payouts)
  if (above.length > 0 && !isConfirmed) {
    throw payoutAboveRevenue(above.map((event) => (event === '' ? 'payouts' : `payouts.${event}`)))
  }
}

async function audit(
  db: Db,
  { workspace, actor }: Caller,
  done: {
    readonly pair: Pair
    readonly now: number
    /** Undefined where nobody asked or decided before. */
    readonly before: AffiliateOfferFields | undefined
    readonly after: AffiliateOfferFields
  },
): Promise<void> {
  const { offerId, affiliateId } = done.pair
  const before = toDecisionView({ ...(done.before ?? NEW_APPLICATION), state: done.before?.state ?? 'none' })
  const after = toDecisionView(done.after)
  await appendAudit(db, {
    workspace,
    actor,
    at: done.now,
    action: 'application.decide',
    subjectType: 'application',
    subjectId: pairId(offerId, affiliateId),
    detail: { offerId, affiliateId, ...auditedChanges({ settable: Object.keys(after), before, after }) },
  })
}
