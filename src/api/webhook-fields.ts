import assert from 'node:assert/strict'
import { z } from 'zod'
import { TARGET_STATUSES } from '../domain/target-types.ts'
import { WEBHOOK_EVENTS } from '../domain/webhook-events.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import { loadTargetHealth } from '../store/target-health-view.ts'
import { optionalUrlField, timeField, toTime } from './fields.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { hasRightLength, SIGNING_SECRET_BYTES } from './signing-secret.ts'
import { healthSchema, toHealthView } from './target-health-view.ts'
import { signingViewFields, toSigningView } from './target-secrets-view.ts'

export const webhookFields = {
  url: optionalUrlField.refine((url) => url !== '', 'must not be empty').describe('Called by POST with JSON'),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .max(WEBHOOK_EVENTS.length)
    .describe('What it is told of; empty: everything'),
  status: z.enum(TARGET_STATUSES),
  secret: z
    .string()
    .refine(
      hasRightLength,
      `must be whsec_ and ${SIGNING_SECRET_BYTES.min} to ${SIGNING_SECRET_BYTES.max} bytes in base 64`,
    )
    .describe('Signs calls by Standard Webhooks; one is made when none is given'),
}

export const webhookCreateBody = z.strictObject({
  ...webhookFields,
  events: webhookFields.events.default([]),
  status: webhookFields.status.default('active'),
  secret: webhookFields.secret.optional(),
})

export const webhookUpdateBody = z.strictObject(webhookFields).partial()

const viewFields = {
  id: z.string().describe('The log of its calls is GET /deliveries with this as targetId'),
  url: z.string(),
  events: z.array(z.string()),
  status: webhookFields.status,
  disabledReason: z.string().describe("Why the system disabled it; '' when a person did"),
  ...signingViewFields,
  health: healthSchema,
  createdAt: timeField,
  updatedAt: timeField,
}

export const webhookSchema = z.object(viewFields).meta({ id: 'Webhook' })
export const webhookListSchema = z.object({ items: z.array(webhookSchema) })
export const newWebhookSchema = z
  .object({ ...viewFields, secret: z.string().describe('Never shown again') })
  .meta({ id: 'NewWebhook' })

type WebhookView = z.input<typeof webhookSchema>

/** In the same order. */
export async function toWebhookViews(
  viewing: TargetViewing,
  webhooks: readonly StoredTarget[],
): Promise<WebhookView[]> {
  const ids = webhooks.map(({ id }) => id)
  const health = await loadTargetHealth(viewing.db, ids)
  return webhooks.map(({ id, url, events, status, disabledReason, sealedSecrets, ...webhook }) => ({
    id,
    url,
    events: [...events],
    status,
    disabledReason,
    ...toSigningView(sealedSecrets, viewing),
    health: toHealthView(health.get(id)),
    createdAt: toTime(webhook.createdAt),
    updatedAt: toTime(webhook.updatedAt),
  }))
}

export async function toWebhookView(viewing: TargetViewing, webhook: StoredTarget): Promise<WebhookView> {
  const [view] = await toWebhookViews(viewing, [webhook])
  assert(view !== undefined, 'one webhook has one view')
  return view
}
