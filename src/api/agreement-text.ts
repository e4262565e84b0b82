import type { Agreement } from '../domain/agreement.ts'
import { formatMicros } from '../domain/money.ts'
import type { Price } from '../domain/offer-terms.ts'

const FROM: Readonly<Record<Agreement['from'], string>> = {
  offer: 'of the offer',
  goal: 'of the goal',
  tier: "of the affiliate's tier",
  affiliate: 'of its own',
}

/** In words, e.g. 'advertiser pays 3 USD, affiliate gets 50 % of the sale (of its own)'; '' for none. */
export function describeAgreement(agreement: Agreement | null): string {
  if (agreement === null) return ''
  const { revenue, currency } = agreement
  return `advertiser pays ${describePrice(revenue, currency)}, ${describePayout(agreement)}`
}

/** The affiliate's side alone: what the advertiser pays is not everybody's business. */
export function describePayout(agreement: Agreement | null): string {
  if (agreement === null) return ''
  const { payout, from, currency } = agreement
  return `affiliate gets ${describePrice(payout, currency)} (${FROM[from]})`
}

function describePrice(price: Price, currency: string): string {
  if (price.model === 'percent') return `${price.percent} % of the sale`
  const amount = `${formatMicros(price.amountMicros)} ${currency}`
  switch (price.model) {
    case 'flat':
      return amount
    case 'both':
      return `${amount} and ${price.percent} % of the sale`
    case 'cpc':
      return `${amount} per unique visit`
    case 'cpm':
      return `${amount} per thousand impressions`
  }
}
