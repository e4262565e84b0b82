import { findSameConversion } from '../domain/conversion.ts'
import { loadAffiliateOffers } from '../store/affiliate-offers.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Db } from '../store/transaction.ts'
import type { Court } from './court.ts'
import { type HitContext, isAdvertisers, isClickless } from './hit-context.ts'
import type { Report } from './read-report.ts'

/**
 * The conversion of the order that a hit names, when one of the two came by a click and the other without: a shop's
 * pixel knows the click, its server the coupon, and its refunds the order alone. The affiliate that the hit names goes
 * before others; a coupon may be another's by the time of the refund. Orders of two clicks stay two: a click says
 * better than an order's number what is the same.
 */
export async function findSameOrder(
  db: Db,
  context: HitContext,
  report: Report,
  court: Court,
): Promise<StoredConversion | undefined> {
  const { offer, workspace, visit } = context
  const { txid } = report
  if (!isAdvertisers(offer) || txid === '') return undefined
  const order = { workspace: workspace.id, advertiserId: offer.advertiserId, txid }
  const known = await court.docket.loadOrder(db, order, !isClickless(context))
  const ofOffer = known.filter(({ offerId }) => offerId === offer.id)
  const own = ofOffer.filter(({ affiliateId }) => affiliateId === visit.visit.affiliate_id)
  const same = findSameConversion(own, report) ?? findSameConversion(ofOffer, report)
  if (same === undefined) return undefined
  court.docket.needVisit(same)
  const pair = { offerId: offer.id, affiliateId: same.affiliateId }
  for (const [name, agreed] of await loadAffiliateOffers(db, [pair])) court.affiliateOffers.set(name, agreed)
  return same
}

/** The context with the affiliate that the known conversion is owed to, whoever the hit names. */
export function contextOfKnown(context: HitContext, { affiliateId }: StoredConversion): HitContext {
  return { ...context, affiliate: context.configuration.affiliates.get(affiliateId) }
}
