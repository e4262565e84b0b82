import { formatMoney } from '../format.ts'
import { portalTexts } from '../texts-portal.ts'
import type { Price } from './portal-data.ts'

const words = portalTexts.price
/** A price per visit is often below a cent. */
const FINE_PLACES = 4

/** "$2.00 + 10% of the sale": a payout as people read it. */
export function priceText({ model, amount = '0', percent = 0 }: Price, currency: string): string {
  switch (model) {
    case 'flat':
      return formatMoney(amount, currency, FINE_PLACES)
    case 'percent':
      return words.percent(percent)
    case 'both':
      return words.both(formatMoney(amount, currency, FINE_PLACES), percent)
    case 'cpc':
      return words.cpc(formatMoney(amount, currency, FINE_PLACES))
    case 'cpm':
      return words.cpm(formatMoney(amount, currency, FINE_PLACES))
  }
}
