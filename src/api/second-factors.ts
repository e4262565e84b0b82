import { createHash } from 'node:crypto'
import type { Auth } from './accounts.ts'

/** A code is taken from half a minute before its own to half a minute after; it is remembered for longer. */
const CODE_KEPT_MS = 120_000

/** What we ask of second factors beyond what better-auth does by itself. */
export type SecondFactors = {
  /** Who gave the right password in these headers and is asked for a code; undefined when nobody is. */
  secondStepUser(headers: Headers): Promise<string | undefined>
  /** False when the person used the code before, or uses it at this moment. */
  reserveCode(userId: string, code: string): Promise<boolean>
  releaseCode(userId: string, code: string): Promise<void>
  /** Ends every session of the person but the one that these cookies have just begun. */
  endOtherSessions(setCookies: readonly string[]): Promise<void>
  /**
   * From now on the password alone signs in; sessions end. False when the person has no second factor. After a crash in
   * the middle it can be done again.
   */
  resetTwoFactor(userId: string): Promise<boolean>
}

export function secondFactorsOf(auth: Auth): SecondFactors {
  return {
    async secondStepUser(headers) {
      return (await auth.api.secondStepUser({ headers })).userId
    },
    async reserveCode(userId, code) {
      const { adapter, internalAdapter } = await auth.$context
      const identifier = nameOf(userId, code)
      const where = [
        { field: 'identifier', value: identifier },
        { field: 'expiresAt', operator: 'lt' as const, value: new Date() },
      ]
      await adapter.deleteMany({ model: 'verification', where })
      const expiresAt = new Date(Date.now() + CODE_KEPT_MS)
      return await internalAdapter.reserveVerificationValue({ identifier, value: userId, expiresAt })
    },
    async releaseCode(userId, code) {
      const { internalAdapter } = await auth.$context
      await internalAdapter.deleteVerificationByIdentifier(nameOf(userId, code))
    },
    async endOtherSessions(setCookies) {
      const cookie = setCookies.map((each) => each.split(';', 1)[0]).join('; ')
      await auth.api.revokeOtherSessions({ headers: new Headers({ cookie }) })
    },
    resetTwoFactor: (userId) => resetTwoFactor(auth, userId),
  }
}

/** A short code is easily guessed from its hash; by then it opens nothing. */
function nameOf(userId: string, code: string): string {
  return `used-code-${createHash('sha256').update(`${userId} ${code}`).digest('base64url')}`
}

/** The flag, which alone asks for a code at sign-in, goes last: until then everything before is done again. */
async function resetTwoFactor(auth: Auth, userId: string): Promise<boolean> {
  const { adapter, internalAdapter } = await auth.$context
  const user = await internalAdapter.findUserById(userId)
  const ofUser = [{ field: 'userId', value: userId }]
  const rows = await adapter.count({ model: 'twoFactor', where: ofUser })
  const isOn = user !== null && 'twoFactorEnabled' in user && user.twoFactorEnabled === true
  if (!isOn && rows === 0) return false
  await internalAdapter.deleteUserSessions(userId)
  await adapter.deleteMany({ model: 'twoFactor', where: ofUser })
  await internalAdapter.updateUser(userId, { twoFactorEnabled: false })
  return true
}
