import type { Price } from './offer-terms.ts'

/** What was agreed on for one conversion when it was recorded: later changes of the offer do not change its money. */
export type Agreement = {
  readonly revenue: Price
  readonly payout: Price
  /** Where the payout came from. */
  readonly from: 'offer' | 'goal' | 'tier' | 'affiliate'
  /** ISO 4217: of the amounts in the prices. */
  readonly currency: string
}
