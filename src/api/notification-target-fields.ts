import { z } from 'zod'
import { placeholderProblem } from '../catalogue/find-placeholders.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { compileTemplate } from '../domain/macros.ts'
import { MODERATIONS, OWNER_TYPES, TARGET_STATUSES, TARGET_TYPES } from '../domain/target-types.ts'
import type { NotificationTargetFields, StoredTarget } from '../store/notification-targets.ts'
import { eventField, templateUrlField, timeField, toTime } from './fields.ts'
import { type FieldError, invalidFields } from './problem.ts'

export const TARGET_METHODS = ['GET', 'POST'] as const
const CONTENT_TYPES = ['application/x-www-form-urlencoded', 'application/json', 'text/plain'] as const
const BODY_CHARS_MAX = 16_384
const EVENTS_MAX = 50
const DELAY_SECONDS_MAX = 30 * 24 * 3_600
const SECRET_CHARS_MAX = 200

/** What may be set of any target. */
export const targetFields = {
  type: z.enum(TARGET_TYPES).describe('A postback is sent by the server, a pixel shown in the browser'),
  method: z.enum(TARGET_METHODS),
  url: templateUrlField.describe('With macros'),
  bodyTemplate: z.string().max(BODY_CHARS_MAX).describe("POST only; with macros; '' for no body"),
  contentType: z.enum(CONTENT_TYPES).describe('Of the body'),
  secret: z
    .string()
    .max(SECRET_CHARS_MAX)
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
    .describe("Signs calls by Standard Webhooks; '' for unsigned"),
  events: z.array(eventField).max(EVENTS_MAX).describe('Empty: every event'),
  statuses: z.array(z.enum(CONVERSION_STATUSES)).max(4).describe('Empty: pending and approved'),
  onlyFirst: z.boolean().describe('Only the first conversion of a visit'),
  onlyWithPayout: z.boolean().describe('Only when the payout is above 0'),
  delaySeconds: z.int().min(0).max(DELAY_SECONDS_MAX),
  percent: z.int().min(1).max(100).describe('Share of the conversions that it hears of'),
  status: z.enum(TARGET_STATUSES),
}

export const targetCreateBody = z.strictObject({
  ...targetFields,
  type: targetFields.type.default('postback'),
  method: targetFields.method.default('GET'),
  bodyTemplate: targetFields.bodyTemplate.default(''),
  contentType: targetFields.contentType.default('application/x-www-form-urlencoded'),
  secret: targetFields.secret.default(''),
  events: targetFields.events.default([]),
  statuses: targetFields.statuses.default([]),
  onlyFirst: targetFields.onlyFirst.default(false),
  onlyWithPayout: targetFields.onlyWithPayout.default(false),
  delaySeconds: targetFields.delaySeconds.default(0),
  percent: targetFields.percent.default(100),
  status: targetFields.status.default('active'),
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

/** What a target has that no affiliate owns. */
export const OWN_TARGET = {
  ...PLAIN_CALLS,
  offerId: '',
  code: '',
  moderation: 'approved',
  moderationReason: '',
} as const satisfies Partial<NotificationTargetFields>

export const targetUpdateBody = z.strictObject(targetFields).partial()

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
    hasSecret: z.boolean().describe('The secret itself is never shown again'),
    events: z.array(z.string()),
    statuses: z.array(z.enum(CONVERSION_STATUSES)),
    onlyFirst: z.boolean(),
    onlyWithPayout: z.boolean(),
    delaySeconds: z.int(),
    percent: z.int(),
    status: z.enum(TARGET_STATUSES),
    code: z.string(),
    moderation: z.enum(MODERATIONS),
    moderationReason: z.string(),
    disabledReason: z.string().describe("Why the system disabled it; '' when a person did"),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'NotificationTarget' })

export function toTargetView(target: StoredTarget): z.input<typeof targetSchema> {
  const { workspace: _, sealedSecrets, createdAt, updatedAt, events, statuses, ...rest } = target
  return {
    ...rest,
    hasSecret: sealedSecrets !== '',
    events: [...events],
    statuses: [...statuses],
    createdAt: toTime(createdAt),
    updatedAt: toTime(updatedAt),
  }
}

/**
 * A body goes with POST alone, and its macros must be known in its own syntax. A pixel is shown by the visitor's
 * browser: it is fetched by GET and signed by nobody, and a secret in it would be public.
 */
export function checkTarget(
  target: Pick<
    NotificationTargetFields,
    'type' | 'method' | 'bodyTemplate' | 'contentType' | 'sealedSecrets'
  >,
): void {
  const errors = [...pixelErrors(target), ...bodyErrors(target)]
  if (errors.length > 0) throw invalidFields(errors)
}

function pixelErrors({
  type,
  method,
  sealedSecrets,
}: Pick<NotificationTargetFields, 'type' | 'method' | 'sealedSecrets'>): readonly FieldError[] {
  const errors: FieldError[] = []
  if (type === 'postback') return errors
  if (method !== 'GET')
    errors.push({ field: 'method', message: `a target of type ${type} is fetched by GET` })
  if (sealedSecrets !== '') errors.push({ field: 'secret', message: 'only a postback is signed' })
  return errors
}

function bodyErrors({
  method,
  bodyTemplate,
  contentType,
}: Pick<NotificationTargetFields, 'method' | 'bodyTemplate' | 'contentType'>): readonly FieldError[] {
  const errors: FieldError[] = []
  if (bodyTemplate === '') return errors
  if (method === 'GET') errors.push({ field: 'bodyTemplate', message: 'a GET has no body: use method POST' })
  const compiled = compileTemplate(bodyTemplate, { target: TEMPLATE_TARGETS[contentType] ?? 'text' })
  const reason = placeholderProblem(bodyTemplate) || (compiled.ok ? '' : compiled.reason)
  if (reason !== '') errors.push({ field: 'bodyTemplate', message: reason })
  return errors
}

const TEMPLATE_TARGETS: Readonly<Record<string, 'url' | 'json' | 'text'>> = {
  'application/x-www-form-urlencoded': 'url',
  'application/json': 'json',
}
