import { randomBytes } from 'node:crypto'
import { ConfigError, loadConfig } from '../config.ts'
import { appendAudit } from '../store/audit-log.ts'
import { openAccountsOffline } from './open-accounts-offline.ts'

/** 16 characters of base 64. */
const PASSWORD_BYTES = 12

/**
 * `trailpost owner reset-password EMAIL`: gives a person a new password and prints it once; their sessions end. It is
 * made here, since one that is typed would stay in the shell's history. Each workspace is told by its audit log.
 */
export async function runOwnerResetPassword(email: string): Promise<void> {
  const { store, accounts } = await openAccountsOffline(loadConfig())
  try {
    const userId = await accounts.findUserId(email.trim().toLowerCase())
    if (userId === undefined) throw new ConfigError(`${email}: nobody has this e-mail address`)
    const password = randomBytes(PASSWORD_BYTES).toString('base64url')
    await accounts.resetPassword(userId, password)
    for (const { workspace } of await accounts.memberships(userId)) {
      await appendAudit(store.db, {
        workspace,
        at: Date.now(),
        actor: 'system',
        action: 'member.reset_password',
        subjectType: 'member',
        subjectId: userId,
        detail: { by: 'command line' },
      })
    }
    console.log(`${email} signs in with this password, to be changed under "Your account":\n${password}`)
  } finally {
    await store.close()
  }
}
