import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { TARGET_TYPES } from '../domain/target-types.ts'

export const KEY_CHARS_MAX = 64
const NAME_CHARS_MAX = 200
const TEXT_CHARS_MAX = 400
const URL_CHARS_MAX = 4_096
const MACRO_CHARS_MAX = 200
const FORMATS_MAX = 20
/** As many as a traffic source may have. */
const TOKENS_MAX = 30
const TARGETS_MAX = 10
const PLACEHOLDERS_MAX = 20
/** p1 to p10. */
const VALUES_MAX = 10
const URLS_MAX = 10
const STATUS_WORDS_MAX = 100

const keyField = z
  .string()
  .max(KEY_CHARS_MAX)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words in lower case joined by hyphens')
const nameField = z.string().trim().min(1).max(NAME_CHARS_MAX)
const textField = z.string().max(TEXT_CHARS_MAX)
const paramField = z
  .string()
  .min(1)
  .max(LIMITS.paramNameCharsMax)
  .regex(/^[A-Za-z0-9_.[\]~-]+$/, 'must be a query parameter name')
/** Stands in links as it is; '' when the source attaches the parameter by itself, or the macro is not known. */
const sourceMacroField = z
  .string()
  .max(MACRO_CHARS_MAX)
  .regex(/^[^\s&"'<>]*$/, 'must have no space, &, quotes or angle brackets')
/** Stands in postback URLs as it is. Some networks write spaces and angle brackets in their macros. */
const networkMacroField = z
  .string()
  .max(MACRO_CHARS_MAX)
  .regex(/^[^&"'\p{Cc}]*$/u, 'must have no & or quotes')
const parameterField = z.strictObject({ param: paramField, macro: sourceMacroField })
const currencyField = z.string().max(MACRO_CHARS_MAX)

/** A value that only the user knows: it stands in the template as REPLACE_NAME. */
const placeholderField = z.strictObject({
  name: z.string().regex(/^REPLACE_[A-Z0-9_]{1,60}$/, 'must be REPLACE_ and a name in upper case'),
  hint: textField.min(1),
})

const about = {
  placeholders: z.array(placeholderField).max(PLACEHOLDERS_MAX),
  confidence: z.enum(['high', 'medium', 'low']),
  source: textField.min(1),
  notes: textField,
}

const sourceFacts = {
  formats: z.array(z.string().min(1).max(MACRO_CHARS_MAX)).max(FORMATS_MAX),
  externalId: parameterField.nullable(),
  cost: parameterField.nullable(),
  currency: currencyField,
  tokens: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be letters, digits and _'),
        param: paramField,
        macro: sourceMacroField,
      }),
    )
    .max(TOKENS_MAX),
  targets: z
    .array(
      z.strictObject({
        type: z.enum(TARGET_TYPES).default('postback'),
        url: z.string().min(1).max(URL_CHARS_MAX),
        events: z.array(z.string().min(1).max(LIMITS.eventCharsMax)).default([]),
        statuses: z.array(z.enum(CONVERSION_STATUSES)).default([]),
      }),
    )
    .max(TARGETS_MAX),
  ...about,
}

const incomingFacts = {
  clickId: networkMacroField,
  payout: networkMacroField,
  txid: networkMacroField,
  status: networkMacroField,
  event: networkMacroField,
  currency: networkMacroField,
}

const networkFacts = {
  kind: z.enum(['network', 'platform']),
  clickId: z.discriminatedUnion('where', [
    z.strictObject({ where: z.literal('query'), param: paramField }),
    z.strictObject({ where: z.literal('path'), text: z.string().startsWith('/').max(MACRO_CHARS_MAX) }),
    z.strictObject({ where: z.literal('unknown') }),
  ]),
  offerParams: z
    .array(z.strictObject({ param: paramField, value: z.string().min(1).max(MACRO_CHARS_MAX) }))
    .max(VALUES_MAX),
  values: z.array(z.strictObject({ name: nameField, macro: networkMacroField.min(1) })).max(VALUES_MAX),
  statusMap: z
    .record(z.string().min(1).max(64).toLowerCase(), z.enum([...CONVERSION_STATUSES, 'ignore']))
    .refine((map) => Object.keys(map).length <= STATUS_WORDS_MAX, `at most ${STATUS_WORDS_MAX} words`),
  urls: z
    .array(
      z.strictObject({
        title: nameField,
        status: z.enum(CONVERSION_STATUSES).optional(),
        event: z.string().min(1).max(LIMITS.eventCharsMax).optional(),
        payout: networkMacroField.optional(),
      }),
    )
    .max(URLS_MAX),
  reporting: z.enum(['postback', 'api', 'unknown']),
  currency: currencyField,
  ...about,
}

const identity = { key: keyField, name: nameField }
const ownOrigin = { origin: z.enum(['built-in', 'own']), family: z.string() }

/** A template of a traffic source with nothing left open but its placeholders. */
export const trafficSourceTemplateSchema = z
  .strictObject({ ...identity, ...ownOrigin, ...sourceFacts })
  .meta({ id: 'TrafficSourceTemplate' })
export type TrafficSourceTemplate = z.infer<typeof trafficSourceTemplateSchema>

/** A template of an affiliate network: what its offer links and its postbacks look like. */
export const affiliateNetworkTemplateSchema = z
  .strictObject({ ...identity, ...ownOrigin, ...networkFacts, incoming: z.strictObject(incomingFacts) })
  .meta({ id: 'AffiliateNetworkTemplate' })
export type AffiliateNetworkTemplate = z.infer<typeof affiliateNetworkTemplateSchema>

export type Placeholder = z.infer<typeof placeholderField>

const sourceFactsGiven = z.strictObject(sourceFacts).partial()
const networkFactsGiven = z
  .strictObject({ ...networkFacts, incoming: z.strictObject(incomingFacts).partial() })
  .partial()

const membership = { ...identity, family: z.string().max(KEY_CHARS_MAX).optional() }

/** As files have it: what is not given is the family's. `host` fills {host} in the family's URLs. */
export const trafficSourceEntrySchema = sourceFactsGiven.extend({
  ...membership,
  host: z
    .string()
    .max(253)
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name in lower case')
    .optional(),
})
export const affiliateNetworkEntrySchema = networkFactsGiven.extend(membership)

/** One engine that many sources or networks run on, expressed once. */
export const familiesSchema = z.strictObject({
  trafficSources: z.record(keyField, z.strictObject({ name: nameField, template: sourceFactsGiven })),
  affiliateNetworks: z.record(keyField, z.strictObject({ name: nameField, template: networkFactsGiven })),
})
export type Families = z.infer<typeof familiesSchema>
