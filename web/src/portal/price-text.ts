import { formatMoney, formatPercent } from '../format.ts'
import { portalTexts } from '../texts-portal.ts'
import type { PortalOffer, Price } from './portal-data.ts'

const words = portalTexts.price
/** A price per visit is often below a cent. */
const FINE_PLACES = 4

/** "$2.00 + 10% of the sale": a payout as people read it. */
export function priceText(price: Price, currency: string): string {
  return spanText([price], price.model, currency)
}

/**
 * "$5.00 – $40.00": all that an offer pays, from the least to the most, a span for each way of paying. An offer that
 * pays the same for everything has one price.
 */
export function payoutsText(offer: Pick<PortalOffer, 'payout' | 'goals' | 'currency'>): string {
  const prices = pricesOf(offer)
  const models = [...new Set(prices.map(({ model }) => model))]
  const spans = models.map((model) => {
    const alike = prices.filter((price) => price.model === model)
    return spanText(alike, model, offer.currency)
  })
  return spans.join(', ')
}

/** What is paid for the default event first, then for each goal. */
export function pricesOf({ payout, goals }: Pick<PortalOffer, 'payout' | 'goals'>): readonly Price[] {
  return [payout, ...goals.map((goal) => goal.payout)]
}

function spanText(prices: readonly Price[], model: Price['model'], currency: string): string {
  const amounts = spanOf(
    prices.map(({ amount = '0' }) => Number(amount)),
    (amount) => formatMoney(amount, currency, FINE_PLACES),
  )
  const percents = spanOf(
    prices.map(({ percent = 0 }) => percent),
    formatPercent,
  )
  switch (model) {
    case 'flat':
      return amounts
    case 'percent':
      return words.percent(percents)
    case 'both':
      return words.both(amounts, percents)
    case 'cpc':
      return words.cpc(amounts)
    case 'cpm':
      return words.cpm(amounts)
  }
}

function spanOf(values: readonly number[], say: (value: number) => string): string {
  const [least, most] = [say(Math.min(...values)), say(Math.max(...values))]
  return least === most ? least : words.span(least, most)
}
