import { mayRun } from '../domain/affiliate.ts'
import { DEFAULT_TERMS, type OfferStatus, type OfferTerms, offerStatusAt } from '../domain/offer-terms.ts'
import type { AffiliateOffer } from '../store/affiliate-offers.ts'
import type { Offer } from '../store/offers.ts'

/** An offer as one affiliate stands with it. */
export type Standing = {
  readonly offer: Offer
  readonly terms: OfferTerms
  /** Undefined when it has not asked for it. */
  readonly application: AffiliateOffer | undefined
  /** A paused advertiser's offers are paused. */
  readonly status: OfferStatus
}

export function standingOf(of: {
  readonly offer: Offer
  readonly application: AffiliateOffer | undefined
  readonly isAdvertiserActive: boolean
  readonly now: number
}): Standing {
  const { offer, application, isAdvertiserActive, now } = of
  const status = offerStatusAt(offer, now)
  return {
    offer,
    application,
    terms: offer.terms ?? DEFAULT_TERMS,
    status: status === 'active' && !isAdvertiserActive ? 'paused' : status,
  }
}

/** Why the affiliate's link does not work at this moment, and what to do; '' when it does. */
export function whyNoLink(standing: Standing): string {
  const { status, application } = standing
  if (status === 'expired') return 'This offer has ended.'
  if (status !== 'active') return 'This offer is paused: its links work again once it is resumed.'
  if (application !== undefined && application.state !== 'approved') return whyNotIn(application)
  return mayRunNow(standing) ? '' : whatToDo(standing)
}

function whyNotIn({ state, reason }: AffiliateOffer): string {
  if (state === 'pending') return 'Your application for this offer waits for approval.'
  if (state === 'blocked') return 'You may not run this offer.'
  const why = reason === '' ? '.' : `: ${reason}.`
  return `Your application for this offer was refused${why} You may apply again.`
}

/** Whether the affiliate was let in, whatever the offer's status is today. */
export function mayRunNow({ terms, application }: Standing): boolean {
  return mayRun({
    visibility: terms.visibility,
    hasAgreement: terms.agreement !== '',
    application: application && { state: application.state, hasAccepted: application.acceptedAt !== null },
  })
}

function whatToDo({ terms, application }: Standing): string {
  if (application === undefined && terms.visibility !== 'public') return 'Apply for this offer first.'
  return 'Accept the terms of this offer first.'
}
