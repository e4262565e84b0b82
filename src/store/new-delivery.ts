import type { SystemCall } from '../domain/target-systems/target-system.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import { newRecordId } from './ids.ts'

/**
 * What every row of a delivery begins with that is due at once: the call, whose it is, and that nobody has tried it.
 * What it tells of, and whether it is sent at all, is for the caller to add.
 * @param now Unix milliseconds.
 */
export function newDelivery(
  target: Pick<NotificationTarget, 'id' | 'type' | 'system'>,
  { method, url, body, contentType }: SystemCall,
  now: number,
) {
  return {
    id: newRecordId(now),
    target_id: target.id,
    type: target.type,
    system: target.system,
    method,
    url,
    body,
    content_type: contentType,
    due_at: now,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: now,
    updated_at: now,
  }
}
