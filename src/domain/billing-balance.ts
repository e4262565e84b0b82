/** Sums of one party, in micros of the workspace's currency: payouts of an affiliate, revenue of an advertiser. */
export type BalanceSums = {
  /** Of conversions that wait for approval, that are approved, and of these that are due. */
  readonly pendingMicros: number
  readonly approvedMicros: number
  readonly dueMicros: number
  /** Of adjustments and referrals. */
  readonly otherMicros: number
  /** Totals of invoices, by their states. */
  readonly draftMicros: number
  readonly finalMicros: number
  readonly paidMicros: number
}

export type Balance = {
  /** Waits for approval. */
  readonly pendingMicros: number
  /** Approved, and its hold is not over. */
  readonly onHoldMicros: number
  /** Due, and on no invoice that is final; what drafts hold is a part of it. Negative when more was paid than is due. */
  readonly payableMicros: number
  readonly draftMicros: number
  readonly invoicedMicros: number
  readonly paidMicros: number
}

/** @param clicksMicros money of visits and impressions, up to the same moment as the sums */
export function toBalance(sums: BalanceSums, clicksMicros: number): Balance {
  const { pendingMicros, approvedMicros, dueMicros, otherMicros } = sums
  const { draftMicros, finalMicros, paidMicros } = sums
  return {
    pendingMicros,
    onHoldMicros: approvedMicros - dueMicros,
    payableMicros: dueMicros + clicksMicros + otherMicros - finalMicros - paidMicros,
    draftMicros,
    invoicedMicros: finalMicros,
    paidMicros,
  }
}
