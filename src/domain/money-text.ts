import { formatMicros, toDecimalString } from './money.ts'

const PLACES = 6
/** The decimals of most currencies; what an amount has beyond them is shown all the same. */
const PLACES_SHOWN = 2
/** ISO 4217 currencies without decimals. */
const WHOLE = new Set([
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'ISK',
  'JPY',
  'KMF',
  'KRW',
  'PYG',
  'RWF',
  'UGX',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
])

/**
 * An amount as it is printed: "1,234.50"; nothing of it is rounded away: "0.002".
 * @param placesMin decimals that it has at least, so that amounts below each other are read by their digits.
 */
export function formatMoney(micros: number, currency: string, placesMin = 0): string {
  const shown = Math.max(placesMin, placesOf(micros, currency))
  const decimal = toDecimalString(micros)
  const cut = shown === 0 ? decimal.length - PLACES - 1 : decimal.length - PLACES + shown
  const [whole = '', ...rest] = decimal.slice(0, cut).split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.')
}

/** How many decimals the amount is printed with. */
export function placesOf(micros: number, currency: string): number {
  const exact = formatMicros(micros).split('.')[1] ?? ''
  return Math.max(WHOLE.has(currency) ? 0 : PLACES_SHOWN, exact.length)
}
