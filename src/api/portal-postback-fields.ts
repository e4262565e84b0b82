import assert from 'node:assert/strict'
import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { MODERATIONS, TARGET_STATUSES, TARGET_TYPES } from '../domain/target-types.ts'
import type { NotificationTargetFields, StoredTarget } from '../store/notification-targets.ts'
import { loadTargetHealth } from '../store/target-health-view.ts'
import { timeField, toTime } from './fields.ts'
import { PLAIN_CALLS, TARGET_METHODS, targetFields } from './notification-target-fields.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { healthSchema, toHealthView } from './target-health-view.ts'
import { signingViewFields, toSigningView } from './target-secrets-view.ts'

const CODE_CHARS_MAX = 16_384
const URL_CHARS_MAX = 4_096

const { type, method, bodyTemplate, contentType, secret, events } = targetFields
const { onlyFirst, onlyWithPayout, delaySeconds, status } = targetFields

const fields = {
  type: type.describe(
    'postback: our server calls the URL; image, iframe, script: a pixel that the visitor’s browser is shown',
  ),
  // Checked with the rest of the target: it is empty beside code.
  url: z.string().trim().max(URL_CHARS_MAX).describe("With macros; '' for a pixel that is code"),
  code: z
    .string()
    .trim()
    .max(CODE_CHARS_MAX)
    .describe("Raw HTML or script in place of a URL, of type script; with macros; '' for none"),
  offerId: z.string().max(64).describe("'' for all offers: a global postback or pixel"),
  method,
  bodyTemplate,
  contentType,
  secret,
  events: events.describe('Empty: every event'),
  statuses: targetFields.statuses.describe(
    'Empty: every status when the URL names {status}, else approved alone',
  ),
  onlyFirst,
  onlyWithPayout,
  delaySeconds,
  status,
}

export const postbackCreateBody = z.strictObject({
  ...fields,
  type: fields.type.default('postback'),
  url: fields.url.default(''),
  code: fields.code.default(''),
  offerId: fields.offerId.default(''),
  method: fields.method.default('GET'),
  bodyTemplate: fields.bodyTemplate.default(''),
  contentType: fields.contentType.default('application/x-www-form-urlencoded'),
  secret: fields.secret.default(''),
  events: fields.events.default([]),
  statuses: fields.statuses.default([]),
  onlyFirst: fields.onlyFirst.default(false),
  onlyWithPayout: fields.onlyWithPayout.default(false),
  delaySeconds: fields.delaySeconds.default(0),
  status: fields.status.default('active'),
})

export const postbackUpdateBody = z.strictObject(fields).partial()

/** What an affiliate says of a target; the rest is said by whose it is, and by moderation. */
export type PostbackFields = z.output<typeof postbackCreateBody>

export const NEW_POSTBACK: PostbackFields = postbackCreateBody.parse({})

export const postbackSchema = z
  .object({
    id: z.string(),
    type: z.enum(TARGET_TYPES),
    url: z.string(),
    code: z.string(),
    offerId: z.string().describe("'' for all offers"),
    method: z.enum(TARGET_METHODS),
    bodyTemplate: z.string(),
    contentType: z.string(),
    ...signingViewFields,
    events: z.array(z.string()),
    statuses: z.array(z.enum(CONVERSION_STATUSES)),
    onlyFirst: z.boolean(),
    onlyWithPayout: z.boolean(),
    delaySeconds: z.int(),
    status: z.enum(TARGET_STATUSES),
    disabledReason: z.string().describe("Why it was switched off by itself; '' when you did"),
    health: healthSchema,
    moderation: z.enum(MODERATIONS).describe('Nothing is sent or shown before it is approved'),
    moderationReason: z.string().describe('Why it was rejected'),
    createdAt: timeField,
    updatedAt: timeField,
  })
  .meta({ id: 'PortalPostback' })

type PostbackView = z.input<typeof postbackSchema>

/** In the same order. */
export async function toPostbackViews(
  viewing: TargetViewing,
  targets: readonly StoredTarget[],
): Promise<PostbackView[]> {
  const ids = targets.map(({ id }) => id)
  const health = await loadTargetHealth(viewing.db, ids)
  return targets.map((target) => ({
    id: target.id,
    type: target.type,
    url: target.url,
    code: target.code,
    offerId: target.offerId,
    method: target.method,
    bodyTemplate: target.bodyTemplate,
    contentType: target.contentType,
    ...toSigningView(target.sealedSecrets, viewing),
    events: [...target.events],
    statuses: [...target.statuses],
    onlyFirst: target.onlyFirst,
    onlyWithPayout: target.onlyWithPayout,
    delaySeconds: target.delaySeconds,
    status: target.status,
    disabledReason: target.disabledReason,
    health: toHealthView(health.get(target.id)),
    moderation: target.moderation,
    moderationReason: target.moderationReason,
    createdAt: toTime(target.createdAt),
    updatedAt: toTime(target.updatedAt),
  }))
}

export async function toPostbackView(viewing: TargetViewing, target: StoredTarget): Promise<PostbackView> {
  const [view] = await toPostbackViews(viewing, [target])
  assert(view !== undefined, 'one postback has one view')
  return view
}

/**
 * The target of the affiliate that the fields describe; it hears of every conversion that they let through.
 * @param given with its secret sealed.
 */
export function toTargetFields(
  affiliateId: string,
  given: Omit<PostbackFields, 'secret'> & { readonly sealedSecrets?: string },
): Omit<NotificationTargetFields, 'moderation' | 'moderationReason'> {
  return { ...PLAIN_CALLS, ...given, ownerType: 'affiliate', ownerId: affiliateId, percent: 100 }
}
