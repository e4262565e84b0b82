import { z } from 'zod'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import type { Delivery, DeliveryAttempt } from '../store/deliveries.ts'
import type { Db } from '../store/transaction.ts'
import { timeField, toTime } from './fields.ts'
import { receiverSchema, receiverViewer } from './receiver-view.ts'

const deliveryFields = {
  id: z.string().describe('The webhook-id of every attempt'),
  conversionId: z.string(),
  transition: z.int().describe("Number of the conversion's transition that caused it"),
  targetId: z.string(),
  receiver: receiverSchema,
  clickId: z.string(),
  type: z.string(),
  method: z.string(),
  url: z.string(),
  body: z.string(),
  contentType: z.string(),
  state: z.enum(DELIVERY_STATES),
  reason: z.string(),
  dueAt: timeField,
  attemptCount: z.int(),
  createdAt: timeField,
  updatedAt: timeField,
}

/** As delivery/ logs them. */
const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const sentRequestSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: headersSchema,
  body: z.string().describe('First 4 kB'),
})

const phaseField = z.number().optional()
/** As delivery/ measures them. */
const phasesSchema = z.object({
  waitedMs: z
    .number()
    .describe('From when it was due until it started: for the turn of its host or its target'),
  isReused: z.boolean().describe('No connection was opened: there was one'),
  queuedMs: phaseField.describe('For one of the connections to its origin'),
  resolveMs: phaseField.describe('Name resolution'),
  connectMs: phaseField.describe('TCP'),
  tlsMs: phaseField,
  answerMs: phaseField.describe("Until the answer's headers were in"),
  readMs: phaseField.describe("The answer's body"),
})

export const attemptSchema = z.object({
  n: z.int(),
  startedAt: timeField,
  durationMs: z.number(),
  phases: phasesSchema
    .nullable()
    .describe(
      'Where the time went; what the attempt did not go through is absent. Null when nothing was measured',
    ),
  request: sentRequestSchema,
  responseStatus: z.int().nullable().describe('Null when no answer came'),
  responseHeaders: headersSchema,
  responseBody: z.string().describe('First 4 kB'),
  error: z.string(),
})

export const deliverySchema = z.object(deliveryFields).meta({ id: 'Delivery' })
export const deliveryWithAttemptsSchema = z
  .object({ ...deliveryFields, attempts: z.array(attemptSchema).describe('Oldest first') })
  .meta({ id: 'DeliveryWithAttempts' })

/** As the API shows a delivery, but for its receiver. */
export function toDeliveryView(delivery: Delivery): Omit<z.input<typeof deliverySchema>, 'receiver'> {
  const { id, conversionId, transition, targetId, clickId, type, method } = delivery
  const { url, body, contentType, state, reason } = delivery
  return {
    id,
    conversionId,
    transition,
    targetId,
    clickId,
    type,
    method,
    url,
    body,
    contentType,
    state,
    reason,
    dueAt: toTime(delivery.dueAt),
    attemptCount: delivery.attempts,
    createdAt: toTime(delivery.createdAt),
    updatedAt: toTime(delivery.updatedAt),
  }
}

/** In the same order, each with its receiver. */
export async function toDeliveryViews(
  db: Db,
  workspace: string,
  deliveries: readonly Delivery[],
): Promise<z.input<typeof deliverySchema>[]> {
  const receiverOf = await receiverViewer(db, workspace, targetsOf(deliveries))
  return deliveries.map((delivery) => ({
    ...toDeliveryView(delivery),
    receiver: receiverOf(delivery.targetId),
  }))
}

type WithAttempts = { readonly delivery: Delivery; readonly attempts: readonly DeliveryAttempt[] }

/** In the same order, each with its receiver and its attempts. */
export async function toDeliveriesWithAttempts(
  db: Db,
  workspace: string,
  found: readonly WithAttempts[],
): Promise<z.input<typeof deliveryWithAttemptsSchema>[]> {
  const views = await toDeliveryViews(
    db,
    workspace,
    found.map(({ delivery }) => delivery),
  )
  return views.map((view, n) => ({ ...view, attempts: (found[n]?.attempts ?? []).map(toAttemptView) }))
}

function targetsOf(deliveries: readonly Delivery[]): readonly string[] {
  return deliveries.map(({ targetId }) => targetId)
}

export function toAttemptView(attempt: DeliveryAttempt): z.input<typeof attemptSchema> {
  const { n, durationMs, responseStatus, responseBody, error } = attempt
  return {
    n,
    durationMs,
    phases: attempt.phasesJson === null ? null : phasesSchema.parse(JSON.parse(attempt.phasesJson)),
    responseStatus,
    responseBody,
    error,
    startedAt: toTime(attempt.startedAt),
    request: sentRequestSchema.parse(JSON.parse(attempt.requestJson)),
    responseHeaders: headersSchema.parse(JSON.parse(attempt.responseHeadersJson)),
  }
}
