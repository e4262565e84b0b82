/**
 * What systems outside are told of. `conversion.recorded`: a new one; `conversion.changed`: its status or amount.
 * `application.decided`: where an affiliate stands with an offer was changed by the network.
 * `notification_target.disabled`: by the system, since its receiver answers 410 or has failed for five days.
 */
export const WEBHOOK_EVENTS = [
  'conversion.recorded',
  'conversion.changed',
  'affiliate.created',
  'affiliate.changed',
  'application.created',
  'application.decided',
  'offer.created',
  'offer.changed',
  'offer.archived',
  'invoice.finalized',
  'notification_target.disabled',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

/** JSON that outsiders get to see: never a secret. */
export type WebhookData = Readonly<Record<string, unknown>>

export type WebhookMessage = {
  readonly event: WebhookEvent
  /** When it happened, Unix milliseconds. */
  readonly at: number
  readonly data: WebhookData
}

/** Of the Test button: nobody listens to it. */
type TestMessage = Omit<WebhookMessage, 'event'> & { readonly event: 'test' }

/** The body, by Standard Webhooks ("Payload structure"): type, timestamp (ISO 8601) and data. */
export function writeWebhookBody({ event, at, data }: WebhookMessage | TestMessage): string {
  return JSON.stringify({ type: event, timestamp: new Date(at).toISOString(), data })
}

/** Whether a webhook wants to hear of the event; one that names none hears of all. */
export function listensTo(events: readonly string[], event: WebhookEvent): boolean {
  return events.length === 0 || events.includes(event)
}
