import { z } from 'zod'
import { TARGET_STATUSES } from '../domain/target-types.ts'
import { WEBHOOK_EVENTS } from '../domain/webhook-events.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import { optionalUrlField, timeField, toTime } from './fields.ts'

/** Standard Webhooks, "Signature scheme": a secret has between 24 and 64 random bytes. */
export const WEBHOOK_SECRET_BYTES = { min: 24, max: 64, made: 32 } as const
const SECRET_FORM = /^whsec_[A-Za-z0-9+/]{16,100}={0,2}$/

const fields = {
  url: optionalUrlField.refine((url) => url !== '', 'must not be empty').describe('Called by POST with JSON'),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .max(WEBHOOK_EVENTS.length)
    .describe('What it is told of; empty: everything'),
  status: z.enum(TARGET_STATUSES),
  secret: z
    .string()
    .regex(SECRET_FORM, 'must be whsec_ and base 64')
    .refine(hasRightLength, `must hold ${WEBHOOK_SECRET_BYTES.min} to ${WEBHOOK_SECRET_BYTES.max} bytes`)
    .describe('Signs calls by Standard Webhooks; one is made when none is given'),
}

export const webhookCreateBody = z.strictObject({
  ...fields,
  events: fields.events.default([]),
  status: fields.status.default('active'),
  secret: fields.secret.optional(),
})

export const webhookUpdateBody = z.strictObject(fields).partial()

const viewFields = {
  id: z.string().describe('The log of its calls is GET /deliveries with this as targetId'),
  url: z.string(),
  events: z.array(z.string()),
  status: fields.status,
  disabledReason: z.string().describe("Why the system disabled it; '' when a person did"),
  createdAt: timeField,
  updatedAt: timeField,
}

export const webhookSchema = z.object(viewFields).meta({ id: 'Webhook' })
export const webhookListSchema = z.object({ items: z.array(webhookSchema) })
export const newWebhookSchema = z
  .object({ ...viewFields, secret: z.string().describe('Never shown again') })
  .meta({ id: 'NewWebhook' })

export function toWebhookView(webhook: StoredTarget): z.input<typeof webhookSchema> {
  const { id, url, events, status, disabledReason, createdAt, updatedAt } = webhook
  const times = { createdAt: toTime(createdAt), updatedAt: toTime(updatedAt) }
  return { id, url, events: [...events], status, disabledReason, ...times }
}

function hasRightLength(secret: string): boolean {
  const { length } = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return length >= WEBHOOK_SECRET_BYTES.min && length <= WEBHOOK_SECRET_BYTES.max
}
