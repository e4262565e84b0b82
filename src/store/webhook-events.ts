import type { Insertable } from 'kysely'
import { isLoop } from '../domain/notification.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import {
  listensTo,
  type WebhookEvent,
  type WebhookMessage,
  writeWebhookBody,
} from '../domain/webhook-events.ts'
import { enqueueDeliveries } from './deliveries.ts'
import { newRecordId } from './ids.ts'
import { newDelivery } from './new-delivery.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'
import { webhooksOf } from './webhooks.ts'

type DeliveryRow = Insertable<Database['deliveries']>

/** An event with what its deliveries are told apart by: one for each target of the same subject and transition. */
export type Occurrence = WebhookMessage & {
  readonly workspace: string
  /** The conversion's id; of any other event an id of its own. */
  readonly subjectId: string
  /** Of the conversion's history; 1 for any other event. */
  readonly transition: number
  /** '' for events that no visit led to. */
  readonly clickId: string
}

type Queue = {
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** Unix milliseconds. */
  readonly now: number
}

/**
 * Has every webhook of the workspace that listens to the event told of it, by one delivery each, in the caller's
 * transaction: what is rolled back is told to nobody, and what is committed is told for certain.
 */
export async function enqueueWebhooks(
  db: Db,
  message: WebhookMessage & { readonly workspace: string },
): Promise<void> {
  const webhooks = await webhooksOf(db, message.workspace)
  if (webhooks.length === 0) return
  const occurrence = { ...message, subjectId: newRecordId(message.at), transition: 1, clickId: '' }
  const domains = await db.selectFrom('domains').select('name').execute()
  const ownHosts = domains.map(({ name }) => name)
  await enqueueDeliveries(db, buildWebhookRows(webhooks, occurrence, { ownHosts, now: message.at }))
}

/** Whether any webhook of the workspace is to be told, so that nothing is loaded for nobody. */
export async function hasListeners(db: Db, workspace: string, event: WebhookEvent): Promise<boolean> {
  return (await webhooksOf(db, workspace)).some((webhook) => listensTo(webhook.events, event))
}

/**
 * One delivery for each of the webhooks that listens; one that can not be sent is kept with the reason.
 */
export function buildWebhookRows(
  webhooks: readonly NotificationTarget[],
  occurrence: Occurrence,
  queue: Queue,
): readonly DeliveryRow[] {
  const listening = webhooks.filter((webhook) => listensTo(webhook.events, occurrence.event))
  if (listening.length === 0) return []
  const body = writeWebhookBody(occurrence)
  return listening.map((webhook) => toDelivery(webhook, occurrence, { ...queue, body }))
}

function toDelivery(
  webhook: NotificationTarget,
  { workspace, subjectId, transition, clickId }: Occurrence,
  { body, ownHosts, now }: Queue & { readonly body: string },
): DeliveryRow {
  const reason = skipReason(webhook, ownHosts)
  return {
    ...newDelivery(webhook, { ...webhook, body }, now),
    workspace,
    conversion_id: subjectId,
    transition,
    click_id: clickId,
    state: reason === '' ? 'pending' : 'skipped',
    reason,
  }
}

/** '' when it is to be sent. */
function skipReason({ status, url }: NotificationTarget, ownHosts: readonly string[]): string {
  if (status === 'disabled') return 'disabled'
  return isLoop(url, ownHosts) ? 'loop' : ''
}
