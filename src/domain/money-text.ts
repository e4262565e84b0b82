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

/** An amount as it is printed: "1,234.50"; nothing of it is rounded away: "0.002". */
export function formatMoney(micros: number, currency: string): string {
  const places = WHOLE.has(currency) ? 0 : PLACES_SHOWN
  const exact = formatMicros(micros).split('.')[1] ?? ''
  const shown = Math.max(places, exact.length)
  const decimal = toDecimalString(micros)
  const cut = shown === 0 ? decimal.length - PLACES - 1 : decimal.length - PLACES + shown
  const [whole = '', ...rest] = decimal.slice(0, cut).split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.')
}
