import { ConfigError, loadConfig } from '../config.ts'
import { appendAudit } from '../store/audit-log.ts'
import { openAccountsOffline } from './open-accounts-offline.ts'

/**
 * `trailpost owner reset-two-factor EMAIL`: who may run commands on the machine may let somebody in. Each workspace
 * of the person is told by its audit log.
 */
export async function runOwnerResetTwoFactor(email: string): Promise<void> {
  const { store, accounts } = await openAccountsOffline(loadConfig())
  try {
    const userId = await accounts.findUserId(email.trim().toLowerCase())
    if (userId === undefined) throw new ConfigError(`${email}: nobody has this e-mail address`)
    if (!(await accounts.resetTwoFactor(userId))) {
      console.log(`${email} has no second factor`)
      return
    }
    for (const { workspace } of await accounts.memberships(userId)) {
      await appendAudit(store.db, {
        workspace,
        at: Date.now(),
        actor: 'system',
        action: 'member.reset_two_factor',
        subjectType: 'member',
        subjectId: userId,
        detail: { by: 'command line' },
      })
    }
    console.log(`${email} signs in by password alone now; all sessions are ended`)
  } finally {
    await store.close()
  }
}
