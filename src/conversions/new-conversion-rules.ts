import { mayRun } from '../domain/affiliate.ts'
import { offerStatusAt } from '../domain/offer-terms.ts'
import type { AffiliateOffer } from '../store/affiliate-offers.ts'
import { checkWindow } from './check-rules.ts'
import { type HitContext, isAdvertisers, isClickless } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'
import { type RuleResult, toResult } from './rule-result.ts'

/**
 * Rules that a new conversion of an advertiser's offer keeps. What is known already is changed whatever they say: a
 * refund counts also after the offer expired or its affiliate left.
 */
type NewRule = (context: HitContext, agreed: AffiliateOffer | undefined) => RuleResult

const RULES: readonly NewRule[] = [checkAdvertiser, checkOfferStatus, checkAffiliate, checkAccess, checkTime]

/** The first rule that the hit breaks; undefined when it keeps all. A member of the workspace stands for its own. */
export function findBrokenNewRule(
  context: HitContext,
  agreed: AffiliateOffer | undefined,
): RuleResult | undefined {
  return checkNewRules(context, agreed).find(({ ok }) => !ok)
}

/** Every rule's word, for `test=1`. */
export function checkNewRules(
  context: HitContext,
  agreed: AffiliateOffer | undefined,
): readonly RuleResult[] {
  if (!isAdvertisers(context.offer) || isReportedByMember(context.hit)) return []
  return RULES.map((rule) => rule(context, agreed))
}

/** What a conversion is recorded with when its offer has ended since its visit; '' while it goes on. */
export function offerNote({ offer, hit }: HitContext): string {
  if (!isAdvertisers(offer)) return ''
  const status = offerStatusAt(offer, hit.at)
  if (status === 'active') return ''
  if (status === 'expired') return 'the offer expired after the visit'
  return status === 'deleted' ? 'the offer was deleted after the visit' : `the offer is ${status} now`
}

function checkAdvertiser({ sender }: HitContext): RuleResult {
  return toResult('advertiser', sender?.isActive === true ? '' : 'the advertiser is paused', 'active')
}

/**
 * A visit from before the end is paid for: its affiliate was let through and bought the traffic. When an offer was
 * paused is not known, but edges let nobody through to a paused one.
 */
function checkOfferStatus(context: HitContext): RuleResult {
  const { offer, hit, visit } = context
  if (!isAdvertisers(offer)) return toResult('offer status', '')
  const status = offerStatusAt(offer, hit.at)
  if (status !== 'active' && isClickless(context)) return toResult('offer status', `the offer is ${status}`)
  const ends = [offer.terms.expiresAt, offer.archivedAt].filter((end) => end !== null)
  const hasEnded = ends.some((end) => end <= visit.visit.visit_at)
  const problem = hasEnded ? `the offer was ${status} before the visit` : ''
  return toResult('offer status', problem, offerNote(context) || status)
}

function checkAffiliate({ visit, affiliate }: HitContext): RuleResult {
  if ((visit.visit.affiliate_id ?? '') === '') return toResult('affiliate', '', 'none')
  if (affiliate === undefined) return toResult('affiliate', 'the affiliate is not known')
  const status = affiliate.archivedAt === null ? affiliate.status : 'closed'
  return toResult('affiliate', status === 'active' ? '' : `the affiliate is ${status}`, 'active')
}

/** A visit shows that the affiliate was let through; without one it is asked whether it may run the offer. */
function checkAccess(context: HitContext, agreed: AffiliateOffer | undefined): RuleResult {
  const { offer } = context
  if (!isClickless(context) || !isAdvertisers(offer)) return toResult('access', '', 'by its visit')
  const application = agreed && { state: agreed.state, hasAccepted: agreed.acceptedAt !== null }
  const { visibility, agreement } = offer.terms
  const isAllowed = mayRun({ visibility, hasAgreement: agreement !== '', application })
  return toResult('access', isAllowed ? '' : 'the affiliate may not run the offer', 'may run the offer')
}

function checkTime(context: HitContext): RuleResult {
  return isClickless(context) ? toResult('window', '', 'no visit') : checkWindow(context)
}
