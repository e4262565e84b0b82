import { z } from 'zod'
import { placeholderProblem } from '../catalogue/find-placeholders.ts'
import { LIMITS } from '../domain/limits.ts'
import { compileTemplate } from '../domain/macros.ts'
import { isCurrency, parseAmount } from '../domain/money.ts'
import { findHostProblem } from '../domain/template-host.ts'

const NAME_CHARS_MAX = 200
const URL_CHARS_MAX = 4_096
const PARAM_NAME_CHARS_MAX = LIMITS.paramNameCharsMax
const MACRO_CHARS_MAX = 200
const TAGS_MAX = 20
const TAG_CHARS_MAX = 40
const LEGACY_IDS_MAX = 20
const LEGACY_ID_CHARS_MAX = 100

/** What something is called. */
export const nameField = z.string().trim().min(1, 'must not be empty').max(NAME_CHARS_MAX)

/** ISO 4217, any case in, upper case from here on. */
export const currencyField = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine(isCurrency, 'is not an ISO 4217 currency code, e.g. USD')

/** IANA time zone. Offsets such as +02:00 are refused: the ledger's engine does not know them. */
export const timeZoneField = z.string().refine(isTimeZone, 'is not an IANA time zone, e.g. Europe/Berlin')

export const eventField = z.string().trim().min(1).max(LIMITS.eventCharsMax)

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

export const positiveAmountField = amountField.refine((micros) => micros > 0, 'must be above 0')

/** An absolute http(s) URL without macros, or '' for none. */
export const optionalUrlField = z
  .string()
  .max(URL_CHARS_MAX)
  .refine((text) => text === '' || isHttpUrl(text), 'must be an absolute http:// or https:// URL, or empty')

/**
 * An absolute http(s) URL with our macros; whatever fills them, it stays on the site that was configured. One in
 * which a template's placeholder was left is refused: it would be called, or visitors sent there, as it is.
 */
export const templateUrlField = templateUrl(reasonAgainstTemplateUrl)

/** The same, or '' for none. */
export const optionalTemplateUrlField = templateUrl((text) =>
  text === '' ? undefined : reasonAgainstTemplateUrl(text),
)

/** A name of a query parameter, as it stands in URLs; '' for none. */
export const optionalParamField = z
  .string()
  .max(PARAM_NAME_CHARS_MAX)
  .regex(/^[A-Za-z0-9_.[\]~-]*$/, 'must be a query parameter name: letters, digits and _ . - [ ] ~')

/** The sender's own macro, e.g. `${SUBID}`: stands in links as it is, so nothing that ends a parameter. */
export const foreignMacroField = z
  .string()
  .max(MACRO_CHARS_MAX)
  .regex(/^[^\s&"'<>]*$/, 'must have no space, &, quotes or angle brackets')

/** Words that the user sorts things by. */
export const tagsField = z.array(z.string().trim().min(1).max(TAG_CHARS_MAX)).max(TAGS_MAX)

/** ISO 3166-1 alpha-2, any case in, upper case from here on. */
export const countryField = z
  .string()
  .transform((text) => text.trim().toUpperCase())
  .refine((text) => /^[A-Z]{2}$/.test(text), 'is not a country code of two letters, e.g. DE')

/** An id in the links of another system: what it is moved from, a colon, and the id, e.g. `prosper202:1234`. */
export const legacyIdsField = z
  .array(
    z
      .string()
      .max(LEGACY_ID_CHARS_MAX)
      .regex(/^[a-z0-9]+:[A-Za-z0-9_.-]+$/, 'must be SYSTEM:ID, e.g. prosper202:1234'),
  )
  .max(LEGACY_IDS_MAX)
  .describe('Ids in the links of other systems, so that their links keep working')

function templateUrl(reasonAgainst: (text: string) => string | undefined) {
  return z
    .string()
    .trim()
    .max(URL_CHARS_MAX)
    .superRefine((text, context) => {
      const reason = reasonAgainst(text)
      if (reason !== undefined) context.addIssue({ code: 'custom', message: reason })
    })
}

function reasonAgainstTemplateUrl(text: string): string | undefined {
  const placeholder = placeholderProblem(text)
  if (placeholder !== '') return placeholder
  const compiled = compileTemplate(text)
  if (!compiled.ok) return compiled.reason
  const problem = findHostProblem(compiled.template)
  return problem === '' ? undefined : problem
}

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
