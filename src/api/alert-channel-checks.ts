import { isLoop } from '../domain/notification.ts'
import type { TargetSecrets } from '../domain/target-secrets.ts'
import type { NotificationTargetFields } from '../store/notification-targets.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiDeps } from './api-deps.ts'
import { checkOwnTarget } from './notification-target-checks.ts'
import { invalidFields } from './problem.ts'
import type { SecretChanges } from './target-secrets.ts'

/**
 * A channel has what its system asks for, leads away from this installation, and is written to by a mail server that
 * there is.
 * @throws Problem 422 that names every wrong field.
 */
export async function checkChannel(
  { hasMail, ownHosts }: Pick<ApiDeps, 'hasMail' | 'ownHosts'>,
  db: Db,
  channel: Pick<NotificationTargetFields, 'system' | 'url' | 'settings'>,
  secrets: { readonly secrets: TargetSecrets; readonly given: SecretChanges },
): Promise<void> {
  if (channel.system === 'email' && !hasMail) {
    const message = 'e-mail needs a mail server: the operator of this installation sets TRAILPOST_SMTP_URL'
    throw invalidFields([{ field: 'system', message }])
  }
  if (channel.system !== 'webhook' && secrets.given.secret !== undefined) {
    throw invalidFields([{ field: 'secret', message: 'only a webhook is signed' }])
  }
  checkOwnTarget({ ...channel, type: 'postback', method: 'POST', bodyTemplate: '', contentType: '' }, secrets)
  const domains = await db.selectFrom('domains').select('name').execute()
  if (!isLoop(channel.url, [...ownHosts, ...domains.map(({ name }) => name)])) return
  throw invalidFields([{ field: 'url', message: 'points at this installation itself' }])
}
