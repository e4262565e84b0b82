import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { TARGET_SYSTEMS } from '../domain/target-systems/target-system.ts'
import { MODERATIONS, OWNER_TYPES, TARGET_STATUSES, TARGET_TYPES } from '../domain/target-types.ts'
import type { NotificationTargetFields } from '../store/notification-targets.ts'
import { eventField, optionalTemplateUrlField, timeField } from './fields.ts'
import { hasRightLength, SIGNING_SECRET_BYTES } from './signing-secret.ts'
import { healthSchema } from './target-health-view.ts'
import { secretsViewFields } from './target-secrets-view.ts'

export const TARGET_METHODS = ['GET', 'POST'] as const
const CONTENT_TYPES = ['application/x-www-form-urlencoded', 'application/json', 'text/plain'] as const
const BODY_CHARS_MAX = 16_384
const EVENTS_MAX = 50
const DELAY_SECONDS_MAX = 30 * 24 * 3_600
const SECRET_CHARS_MAX = 200
/** 1,000 calls a second: a limit above it limits nothing. */
const MAX_PER_MINUTE_MAX = 60_000
const MAX_CONCURRENT_MAX = 256
const EXPIRE_HOURS_MAX = 90 * 24

/** What may be set of any target. */
export const targetFields = {
  type: z.enum(TARGET_TYPES).describe('A postback is sent by the server, a pixel shown in the browser'),
  method: z.enum(TARGET_METHODS),
  url: optionalTemplateUrlField.describe("With macros; of a system: another base address, '' for its own"),
  bodyTemplate: z.string().max(BODY_CHARS_MAX).describe("POST only; with macros; '' for no body"),
  contentType: z.enum(CONTENT_TYPES).describe('Of the body'),
  secret: z
    .string()
    .max(SECRET_CHARS_MAX)
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
    .refine(
      (secret) => !secret.startsWith('whsec_') || hasRightLength(secret),
      `must hold ${SIGNING_SECRET_BYTES.min} to ${SIGNING_SECRET_BYTES.max} bytes in base 64 behind whsec_`,
    )
    .describe("Signs calls by Standard Webhooks; '' for unsigned"),
  events: z.array(eventField).max(EVENTS_MAX).describe('Empty: every event'),
  statuses: z.array(z.enum(CONVERSION_STATUSES)).max(4).describe('Empty: pending and approved'),
  onlyFirst: z.boolean().describe('Only the first conversion of a visit'),
  onlyWithPayout: z.boolean().describe('Only when the payout is above 0'),
  delaySeconds: z.int().min(0).max(DELAY_SECONDS_MAX),
  percent: z.int().min(1).max(100).describe('Share of the conversions that it hears of'),
  maxPerMinute: z
    .int()
    .min(0)
    .max(MAX_PER_MINUTE_MAX)
    .describe('Calls that it takes in a minute; 0: any number'),
  maxConcurrent: z
    .int()
    .min(0)
    .max(MAX_CONCURRENT_MAX)
    .describe('Calls that it takes at once; 0: any number'),
  expireHours: z
    .int()
    .min(0)
    .max(EXPIRE_HOURS_MAX)
    .describe('A call that has not arrived so long after its conversion is given up; 0: never'),
  status: z.enum(TARGET_STATUSES).describe('paused: calls are made and wait; disabled: none is made'),
}

/** What may be set of a target that no affiliate owns. */
const ownFields = {
  ...targetFields,
  system: z
    .enum(['', ...TARGET_SYSTEMS])
    .describe("Told by its own API (GET /api/v1/target-systems); '' for a plain URL"),
  settings: z
    .record(z.string(), z.string())
    .describe('What the system needs to know, by the names of its fields; replaced as a whole'),
  systemSecrets: z
    .record(z.string(), z.string())
    .describe("The system's credentials by name; those not named stay as they are, '' removes one"),
  headers: z
    .record(z.string(), z.string())
    .describe("Custom headers by name, kept secret; those not named stay as they are, '' removes one"),
}

export const targetCreateBody = z.strictObject({
  ...ownFields,
  type: targetFields.type.default('postback'),
  method: targetFields.method.default('GET'),
  url: targetFields.url.default(''),
  bodyTemplate: targetFields.bodyTemplate.default(''),
  contentType: targetFields.contentType.default('application/x-www-form-urlencoded'),
  secret: targetFields.secret.default(''),
  events: targetFields.events.default([]),
  statuses: targetFields.statuses.default([]),
  onlyFirst: targetFields.onlyFirst.default(false),
  onlyWithPayout: targetFields.onlyWithPayout.default(false),
  delaySeconds: targetFields.delaySeconds.default(0),
  percent: targetFields.percent.default(100),
  maxPerMinute: targetFields.maxPerMinute.default(0),
  maxConcurrent: targetFields.maxConcurrent.default(0),
  expireHours: targetFields.expireHours.default(0),
  status: targetFields.status.default('active'),
  system: ownFields.system.default(''),
  settings: ownFields.settings.default({}),
  systemSecrets: ownFields.systemSecrets.default({}),
  headers: ownFields.headers.default({}),
})

/** How a plain URL is called that says nothing else about it. */
export const PLAIN_CALLS = {
  system: '',
  settings: {},
  sealedSecrets: '',
  maxPerMinute: 0,
  maxConcurrent: 0,
  expireHours: 0,
} as const satisfies Partial<NotificationTargetFields>

/** What a target has that no affiliate owns, besides how it is called. */
export const OWN_TARGET = {
  offerId: '',
  code: '',
  moderation: 'approved',
  moderationReason: '',
} as const satisfies Partial<NotificationTargetFields>

export const targetUpdateBody = z.strictObject(ownFields).partial()

export const targetSchema = z
  .object({
    id: z.string(),
    ownerType: z.enum(OWNER_TYPES),
    ownerId: z.string(),
    offerId: z.string().describe("An affiliate's: '' for all offers"),
    type: z.enum(TARGET_TYPES),
    method: z.enum(TARGET_METHODS),
    url: z.string(),
    bodyTemplate: z.string(),
    contentType: z.string(),
    system: z.string().describe("'' for a plain URL"),
    settings: z.record(z.string(), z.string()),
    ...secretsViewFields,
    events: z.array(z.string()),
    statuses: z.array(z.enum(CONVERSION_STATUSES)),
    onlyFirst: z.boolean(),
    onlyWithPayout: z.boolean(),
    delaySeconds: z.int(),
    percent: z.int(),
    maxPerMinute: z.int(),
    maxConcurrent: z.int(),
    expireHours: z.int(),
    status: z.enum(TARGET_STATUSES),
    health: healthSchema,
    code: z.string(),
    moderation: z.enum(MODERATIONS),
    moderationReason: z.string(),
    disabledReason: z.string().describe("Why the system disabled it; '' when a person did"),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'NotificationTarget' })
