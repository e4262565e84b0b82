import { z } from 'zod'
import { isCurrency, parseAmount } from '../domain/money.ts'

const NAME_CHARS_MAX = 200
const URL_CHARS_MAX = 4_096

/** What something is called. */
export const nameField = z.string().trim().min(1, 'must not be empty').max(NAME_CHARS_MAX)

export const idField = z.string().min(1).max(64)

/** ISO 4217, any case in, upper case from here on. */
export const currencyField = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine(isCurrency, 'is not an ISO 4217 currency code, e.g. USD')

/** IANA time zone. Offsets such as +02:00 are refused: the ledger's engine does not know them. */
export const timeZoneField = z.string().refine(isTimeZone, 'is not an IANA time zone, e.g. Europe/Berlin')

/** Decimal string, at most six places → micros. The localised forms of hits are not taken here. */
export const amountField = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string such as "1.25"')
  .transform((text, context) => {
    const amount = parseAmount(text)
    if (amount.ok) return amount.micros
    context.addIssue({ code: 'custom', message: amount.reason })
    return z.NEVER
  })

/** An absolute http(s) URL without macros, or '' for none. */
export const optionalUrlField = z
  .string()
  .max(URL_CHARS_MAX)
  .refine((text) => text === '' || isHttpUrl(text), 'must be an absolute http:// or https:// URL, or empty')

export const timeField = z.iso.datetime()

export function toTime(ms: number): string {
  return new Date(ms).toISOString()
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]+([_+-][A-Za-z0-9]+)*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
