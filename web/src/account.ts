import { getAuth, postAuth } from './api.ts'

/** What an authenticator app needs, and what opens the account without it. */
export type NewTwoFactor = { readonly uri: string; readonly backupCodes: readonly string[] }

/** A browser that is signed in. */
export type Session = {
  readonly token: string
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly address: string
  readonly userAgent: string
  readonly isThis: boolean
}

type Fields = Readonly<Record<string, unknown>>

/** True when the password was right and a second step is needed; false when it signed in. */
export async function signIn(credentials: { email: string; password: string }): Promise<boolean> {
  return fieldsOf(await postAuth('/sign-in/email', credentials)).twoFactorRedirect === true
}

/** The second step: a code of the app, or one of the backup codes, which is then spent. */
export async function signInByCode(code: string, { isBackup }: { readonly isBackup: boolean }) {
  await postAuth(`/two-factor/${isBackup ? 'verify-backup-code' : 'verify-totp'}`, { code })
}

/** Begins to turn it on; `confirmTwoFactor` completes it. */
export async function beginTwoFactor(password: string): Promise<NewTwoFactor> {
  const { totpURI, backupCodes } = fieldsOf(await postAuth('/two-factor/enable', { password }))
  return { uri: textOf(totpURI), backupCodes: textsOf(backupCodes) }
}

/** The app shows the right codes. Who is signed in elsewhere, without having shown one, is signed out there. */
export async function confirmTwoFactor(code: string): Promise<void> {
  await postAuth('/two-factor/verify-totp', { code })
  await signOutElsewhere()
}

export async function endTwoFactor(password: string): Promise<void> {
  await postAuth('/two-factor/disable', { password })
}

/** New backup codes; the ones before open nothing any more. */
export async function renewBackupCodes(password: string): Promise<readonly string[]> {
  return textsOf(fieldsOf(await postAuth('/two-factor/generate-backup-codes', { password })).backupCodes)
}

export async function rename(name: string): Promise<void> {
  await postAuth('/update-user', { name })
}

/** Other browsers are signed out. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await postAuth('/change-password', { currentPassword, newPassword, revokeOtherSessions: true })
}

/** Browsers that are signed in, this one first, then by their last use. */
export async function listSessions(): Promise<readonly Session[]> {
  const [own, all] = await Promise.all([getAuth('/get-session'), getAuth('/list-sessions')])
  const ownToken = fieldsOf(fieldsOf(own).session).token
  const sessions = (Array.isArray(all) ? all : []).map((each): Session => {
    const { token, createdAt, updatedAt, ipAddress, userAgent } = fieldsOf(each)
    return {
      token: textOf(token),
      createdAt: textOf(createdAt),
      lastUsedAt: textOf(updatedAt),
      address: textOf(ipAddress),
      userAgent: textOf(userAgent),
      isThis: token === ownToken,
    }
  })
  return sessions.toSorted(
    (one, other) =>
      Number(other.isThis) - Number(one.isThis) || other.lastUsedAt.localeCompare(one.lastUsedAt),
  )
}

export async function endSession(token: string): Promise<void> {
  await postAuth('/revoke-session', { token })
}

export async function signOutElsewhere(): Promise<void> {
  await postAuth('/revoke-other-sessions', {})
}

const BROWSERS = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
] as const
const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const

/** "Chrome, Windows"; what is no browser begins with its own name. */
export function nameUserAgent(userAgent: string): string {
  const find = (known: readonly (readonly [string, RegExp])[]) =>
    known.find(([, pattern]) => pattern.test(userAgent))?.[0]
  const parts = [find(BROWSERS), find(SYSTEMS)].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(', ') : (userAgent.split('/', 1)[0] ?? '')
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : []
}
