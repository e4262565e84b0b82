import type { BillingLine } from './billing-types.ts'
import { convertMicros } from './money.ts'
import { sum } from './sum.ts'

/** What a conversion brings one side, in the workspace's currency. */
export type BillableConversion = {
  readonly id: string
  readonly offerId: string
  readonly event: string
  /** What it is worth now; 0 when it is not approved, or not due. */
  readonly dueMicros: number
  /** What invoices that are not void hold for it. */
  readonly billedMicros: number
  readonly billedQuantity: number
}

/** Money of an offer's visits and impressions. */
export type BillableClicks = {
  readonly offerId: string
  /** Sums over all time up to the cutoff. */
  readonly quantity: number
  readonly dueMicros: number
  readonly billedQuantity: number
  readonly billedMicros: number
}

/** What an affiliate earns by one invoice of an affiliate that it brought. */
export type BillableReferral = {
  readonly invoiceId: string
  readonly invoiceNumber: number
  readonly affiliateName: string
  readonly dueMicros: number
  readonly billedMicros: number
}

export type BillableAdjustment = {
  readonly id: string
  readonly reason: string
  readonly amountMicros: number
}

export type Billable = {
  readonly conversions: readonly BillableConversion[]
  readonly clicks: readonly BillableClicks[]
  readonly referrals: readonly BillableReferral[]
  /** Those that no invoice holds. */
  readonly adjustments: readonly BillableAdjustment[]
  readonly offerNames: ReadonlyMap<string, string>
}

const MICROS = 1_000_000
const PERCENT = 100

/**
 * The lines of the next invoice: for each thing, what it is worth now minus what was billed for it. So nothing is
 * billed twice, and what was paid and then taken back is a negative line.
 */
export function buildLines(billable: Billable): readonly BillingLine[] {
  const nameOf = (offerId: string) => billable.offerNames.get(offerId) ?? offerId
  return [
    ...billable.conversions.map((conversion) => conversionLine(conversion, nameOf(conversion.offerId))),
    ...billable.clicks.map((clicks) => clicksLine(clicks, nameOf(clicks.offerId))),
    ...billable.referrals.map(referralLine),
    ...billable.adjustments.map(adjustmentLine),
  ].filter(({ amountMicros, quantity }) => amountMicros !== 0 || quantity !== 0)
}

export function sumOfLines(lines: readonly BillingLine[]): number {
  return sum(lines.map(({ amountMicros }) => amountMicros))
}

/**
 * What a referrer has of what an affiliate earned itself, rounded half away from zero.
 * @throws RangeError when it is beyond exact integers
 */
export function referralShare(earnedMicros: number, percent: number): number {
  const share = convertMicros(earnedMicros, Math.round((percent * MICROS) / PERCENT))
  if (share === undefined) throw new RangeError(`${percent} % of ${earnedMicros} is beyond exact integers`)
  return share
}

/** A conversion that was billed already and is worth another amount now is no other conversion: it counts 0. */
function conversionLine(conversion: BillableConversion, offerName: string): BillingLine {
  const { id, offerId, event, dueMicros, billedMicros, billedQuantity } = conversion
  return {
    kind: 'conversion',
    conversionId: id,
    subjectId: offerId,
    description: `${offerName}: ${event}`,
    quantity: Number(dueMicros !== 0) - billedQuantity,
    amountMicros: dueMicros - billedMicros,
  }
}

function clicksLine(clicks: BillableClicks, offerName: string): BillingLine {
  return {
    kind: 'clicks',
    conversionId: '',
    subjectId: clicks.offerId,
    description: `${offerName}: clicks and impressions`,
    quantity: clicks.quantity - clicks.billedQuantity,
    amountMicros: clicks.dueMicros - clicks.billedMicros,
  }
}

function referralLine(referral: BillableReferral): BillingLine {
  return {
    kind: 'referral',
    conversionId: '',
    subjectId: referral.invoiceId,
    description: `Referral: ${referral.affiliateName}, invoice ${referral.invoiceNumber}`,
    quantity: Math.sign(referral.dueMicros - referral.billedMicros),
    amountMicros: referral.dueMicros - referral.billedMicros,
  }
}

function adjustmentLine({ id, reason, amountMicros }: BillableAdjustment): BillingLine {
  return {
    kind: 'adjustment',
    conversionId: '',
    subjectId: id,
    description: reason,
    quantity: 1,
    amountMicros,
  }
}
