import { appendAudit } from './audit-log.ts'
import { disableNotificationTarget } from './notification-targets.ts'
import type { Db } from './transaction.ts'

/**
 * Disables a target that its receiver can not or will not take calls for, and tells the owner why by the audit log,
 * which the workspace's webhooks hear of. Nothing happens when it is disabled already, or was changed meanwhile.
 */
export async function disableAndTell(
  db: Db,
  target: Parameters<typeof disableNotificationTarget>[1] & { readonly workspace: string },
): Promise<void> {
  if (!(await disableNotificationTarget(db, target))) return
  await appendAudit(db, {
    workspace: target.workspace,
    at: target.now,
    actor: 'system',
    action: 'notification_target.disable',
    subjectType: 'notification target',
    subjectId: target.id,
    detail: { reason: target.reason },
  })
}
