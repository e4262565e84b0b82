import { CURRENCY_CODES } from './currency-codes.ts'
import { LIMITS } from './limits.ts'

const MICROS = 1_000_000
const MICROS_BIG = 1_000_000n
const PLACES = 6
const AMOUNT_CHARS_MAX = 40
/** The character code of '5'. */
const FIVE = 0x35

export type AmountProblem = 'empty' | 'not a number' | 'ambiguous separator' | 'too large'
export type ParsedAmount =
  | { readonly ok: true; readonly micros: number }
  | { readonly ok: false; readonly reason: AmountProblem }

/** How numbers are written, first match wins; `group` is dropped and `mark` becomes the decimal point. */
const NUMBER_FORMS: readonly { readonly form: RegExp; readonly group: string; readonly mark: string }[] = [
  { form: /^(?:\d+\.?\d*|\.\d+)$/, group: '', mark: '.' },
  { form: /^[1-9]\d{0,2}(?:,\d{3})+\.\d+$/, group: ',', mark: '.' },
  { form: /^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/, group: '.', mark: ',' },
  { form: /^[1-9]\d{0,2}(?:,\d{3}){2,}$/, group: ',', mark: '.' },
  { form: /^[1-9]\d{0,2}(?:\.\d{3}){2,}$/, group: '.', mark: ',' },
  { form: /^[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?$/, group: ' ', mark: '.' },
  { form: /^[1-9]\d{0,2}(?: \d{3})+,\d+$/, group: ' ', mark: ',' },
  { form: /^\d*,\d+$/, group: '', mark: ',' },
]
/** A thousand two hundred and thirty-four to some, one and a bit to others. */
const AMBIGUOUS = /^[1-9]\d{0,2},\d{3}$/
/** No-break, thin and narrow spaces, and the Swiss apostrophe, group digits as a space does. */
const GROUP_SPACES = /[\u00a0\u2009\u202f'’]/g

/**
 * Reads an amount as senders write it: '1.25', '-3', '.5', and the localised '12,5', '1,234.56', '1.234,56',
 * '1 234,56'. A comma that may mean thousands as well as decimals ('1,234') is refused, never guessed; a single
 * point is always the decimal point, as on the wire. More than six places round half away from zero.
 */
export function parseAmount(text: string): ParsedAmount {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, reason: 'empty' }
  if (trimmed.length > AMOUNT_CHARS_MAX) return { ok: false, reason: 'too large' }
  const negative = trimmed.startsWith('-')
  const unsigned = /^[+-]/.test(trimmed) ? trimmed.slice(1) : trimmed
  if (AMBIGUOUS.test(unsigned)) return { ok: false, reason: 'ambiguous separator' }
  const plain = toPlainDecimal(unsigned.replace(GROUP_SPACES, ' '))
  if (plain === undefined) return { ok: false, reason: 'not a number' }
  const micros = plainToMicros(plain)
  if (micros > BigInt(LIMITS.amountMicrosMax)) return { ok: false, reason: 'too large' }
  const magnitude = Number(micros)
  return { ok: true, micros: negative && magnitude !== 0 ? -magnitude : magnitude }
}

/** The shortest exact form: "1.25", "-3", "0". */
export function formatMicros(micros: number): string {
  const decimal = toDecimalString(micros)
  return decimal.replace(/\.?0+$/, '')
}

/** Always six places, as the ledger's Decimal(18,6) takes it: "1.250000". */
export function toDecimalString(micros: number): string {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`not an amount in micros: ${micros}`)
  const magnitude = Math.abs(micros)
  const whole = Math.floor(magnitude / MICROS)
  const fraction = String(magnitude % MICROS).padStart(PLACES, '0')
  return `${micros < 0 ? '-' : ''}${whole}.${fraction}`
}

/**
 * Multiplies an amount by a rate (both in micros), rounding half away from zero.
 * @returns undefined when the result is beyond exact integers: a huge amount into a weak currency.
 */
export function convertMicros(micros: number, rateMicros: number): number | undefined {
  return toSafe(divideHalfAway(BigInt(micros) * BigInt(rateMicros), MICROS_BIG))
}

/**
 * Changes an amount from one currency to another by both currencies' rates to the US dollar, in one rounding.
 * Exact where a cross rate of six places is not: a rupiah is 0.00006 dollars, one significant digit.
 * @returns undefined when a rate is not positive, or the result is beyond exact integers.
 */
export function exchangeMicros(
  micros: number,
  fromPerUsdMicros: number,
  toPerUsdMicros: number,
): number | undefined {
  if (fromPerUsdMicros === toPerUsdMicros) return micros
  if (fromPerUsdMicros <= 0 || toPerUsdMicros <= 0) return undefined
  return toSafe(divideHalfAway(BigInt(micros) * BigInt(toPerUsdMicros), BigInt(fromPerUsdMicros)))
}

/**
 * An amount in the proportion of two others, exactly, rounding half away from zero: what a part of a sum is after
 * the sum was exchanged.
 * @returns undefined when `of` is 0, or the result is beyond exact integers.
 */
export function scaleMicros(micros: number, to: number, of: number): number | undefined {
  if (of === 0) return undefined
  const sign = of < 0 ? -1n : 1n
  return toSafe(divideHalfAway(sign * BigInt(micros) * BigInt(to), sign * BigInt(of)))
}

/** The rate from one currency to another, to six places: to be shown; `exchangeMicros` is what converts. */
export function crossRateMicros(fromPerUsdMicros: number, toPerUsdMicros: number): number {
  return exchangeMicros(MICROS, fromPerUsdMicros, toPerUsdMicros) ?? 0
}

/** Whether the text is a known ISO 4217 code, in capitals. */
export function isCurrency(code: string): boolean {
  return CURRENCY_CODES.has(code)
}

/** The code in capitals, however the sender wrote it; undefined when it is no currency. */
export function parseCurrency(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  return CURRENCY_CODES.has(code) ? code : undefined
}

/** Digits with at most one point; undefined when the text is no number. */
function toPlainDecimal(unsigned: string): string | undefined {
  const found = NUMBER_FORMS.find(({ form }) => form.test(unsigned))
  if (found === undefined) return undefined
  const digits = found.group === '' ? unsigned : unsigned.replaceAll(found.group, '')
  return found.mark === '.' ? digits : digits.replace(found.mark, '.')
}

function plainToMicros(plain: string): bigint {
  const [whole = '', fraction = ''] = plain.split('.')
  const kept = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
  const roundsUp = fraction.charCodeAt(PLACES) >= FIVE
  return roundsUp ? kept + 1n : kept
}

function divideHalfAway(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n
  const magnitude = negative ? -dividend : dividend
  const quotient = (2n * magnitude + divisor) / (2n * divisor)
  return negative ? -quotient : quotient
}

function toSafe(micros: bigint): number | undefined {
  const result = Number(micros)
  return Number.isSafeInteger(result) ? result : undefined
}
