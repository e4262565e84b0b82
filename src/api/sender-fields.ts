import { isIP } from 'node:net'
import { z } from 'zod'
import { CONVERSION_STATUSES, DUPLICATE_POLICIES } from '../domain/conversion-types.ts'
import { eventField } from './fields.ts'

const SECRET_CHARS_MAX = 200
const ALLOWLIST_MAX = 500
const STATUS_WORDS_MAX = 100
const EVENT_POLICIES_MAX = 50

export const secretField = z
  .string()
  .max(SECRET_CHARS_MAX)
  .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')

/** Keys are compared in lower case, as conversions does. */
const statusMapField = z
  .record(z.string().min(1).max(64), z.enum([...CONVERSION_STATUSES, 'ignore']))
  .refine((map) => Object.keys(map).length <= STATUS_WORDS_MAX, `at most ${STATUS_WORDS_MAX} words`)
  .transform((map) =>
    Object.fromEntries(Object.entries(map).map(([word, status]) => [word.toLowerCase(), status])),
  )

/** How hits of an affiliate network, or of an advertiser, are known to be its own, and what they mean. */
export const senderFields = {
  token: secretField.describe("Secret that its postbacks must carry in `token`; '' for none"),
  signingSecret: secretField.describe("HMAC-SHA256 secret of `sig`; '' for unsigned"),
  ipAllowlist: z
    .array(z.string().refine(isAddressRange, 'must be an IP address or a CIDR range'))
    .max(ALLOWLIST_MAX)
    .describe('Where postbacks may come from; empty for anywhere'),
  referrerAllowlist: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a domain in lower case'))
    .max(ALLOWLIST_MAX)
    .describe("Domains a pixel's page may be on; empty for any"),
  statusMap: statusMapField.describe("The sender's own status words → ours"),
  duplicatePolicy: z.enum(DUPLICATE_POLICIES).describe('What a repeated conversion does'),
  eventPolicies: z
    .record(eventField, z.enum(DUPLICATE_POLICIES))
    .refine((policies) => Object.keys(policies).length <= EVENT_POLICIES_MAX, `at most ${EVENT_POLICIES_MAX}`)
    .describe('Event → its own policy for repeated conversions'),
}

export const senderDefaults = {
  token: senderFields.token.default(''),
  signingSecret: senderFields.signingSecret.default(''),
  ipAllowlist: senderFields.ipAllowlist.default([]),
  referrerAllowlist: senderFields.referrerAllowlist.default([]),
  statusMap: senderFields.statusMap.default({}),
  duplicatePolicy: senderFields.duplicatePolicy.default('update'),
  eventPolicies: senderFields.eventPolicies.default({}),
}

/** What a view shows of them; secrets are for those who may change them. */
export const senderViewFields = {
  token: z.string().nullable().describe('Null for viewers'),
  signingSecret: z.string().nullable().describe('Null for viewers'),
  ipAllowlist: z.array(z.string()),
  referrerAllowlist: z.array(z.string()),
  statusMap: z.record(z.string(), z.string()),
  duplicatePolicy: z.enum(DUPLICATE_POLICIES),
  eventPolicies: z.record(z.string(), z.enum(DUPLICATE_POLICIES)),
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
}
