import type { ConversionStatus } from '../domain/conversion-types.ts'
import { type HitContext, isAdvertisers } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'

const WAITS = 'waits for approval'
const SEPARATOR = '; '

/**
 * The status that a report has here. Where conversions wait for a person, the advertiser's word alone approves none:
 * it is pending, and what the person rejected stays so.
 */
export function statusUntilApproved(
  { hit, offer }: HitContext,
  reported: ConversionStatus,
  known: ConversionStatus | undefined,
): ConversionStatus {
  const isManual = isAdvertisers(offer) && offer.terms.approval === 'manual' && !isReportedByMember(hit)
  return isManual && reported === 'approved' && known !== 'approved' ? 'pending' : reported
}

/** Why a conversion is pending that was reported as approved; '' otherwise. */
export function waitingReason(reported: ConversionStatus, status: ConversionStatus): string {
  return reported === 'approved' && status === 'pending' ? WAITS : ''
}

/** The reason of a conversion once somebody has decided about it. */
export function withoutWaiting(reason: string): string {
  return joinReasons(reason.split(SEPARATOR).filter((part) => part !== WAITS))
}

export function joinReasons(reasons: readonly string[]): string {
  return reasons.filter((reason) => reason !== '').join(SEPARATOR)
}
