import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { type HitContext, isAdvertisers } from './hit-context.ts'
import { isReportedByMember } from './reported-by-member.ts'

const WAITS = 'waits for approval'
const SEPARATOR = '; '

/**
 * The status that a report has here. Where conversions wait for a person, the advertiser's word alone approves none:
 * it is pending, and what the person rejected stays so.
 */
export function statusUntilApproved(
  context: HitContext,
  reported: ConversionStatus,
  known: ConversionStatus | undefined,
): ConversionStatus {
  return needsPerson(context) && reported === 'approved' && known !== 'approved' ? 'pending' : reported
}

/**
 * Why a hit may not change a conversion as it says; '' when it may. What a person approved is worth no more by the
 * advertiser's word alone; less, and a reversal, are taken.
 */
export function raiseProblem(context: HitContext, before: StoredConversion, after: StoredConversion): string {
  if (!needsPerson(context) || before.status !== 'approved' || after.status !== 'approved') return ''
  const isMore = AMOUNTS.some((amount) => after[amount] > before[amount])
  return isMore ? `${WAITS}: change it by hand` : ''
}

const AMOUNTS = ['saleMicros', 'revenueMicros', 'payoutMicros'] as const

function needsPerson({ hit, offer }: HitContext): boolean {
  return isAdvertisers(offer) && offer.terms.approval === 'manual' && !isReportedByMember(hit)
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
