import { createHmac } from 'node:crypto'
import type { BetterAuthOptions } from 'better-auth'
import { createAccessControl } from 'better-auth/plugins/access'
import { organization } from 'better-auth/plugins/organization'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Store } from '../store/open-store.ts'
import { secondStepPlugin } from './second-step-plugin.ts'

export const PASSWORD_CHARS_MIN = 10
export const PASSWORD_CHARS_MAX = 128
const BACKUP_CODES = 10
const SESSION_SECONDS = 7 * 24 * 3_600
/** A used session is prolonged once a day, so that most requests only read. */
const SESSION_PROLONG_SECONDS = 24 * 3_600
/** Set by us from the connection's address; a client's own header of this name is overwritten. */
export const CLIENT_IP_HEADER = 'x-trailpost-client-ip'

export type AccountsOptions = {
  readonly store: Store
  /** The installation's secret; sessions are signed with a key derived from it. */
  readonly secret: Uint8Array
  /** As the browser sees the dashboard; https makes the cookies Secure. */
  readonly dashboardUrl: string
  /** Origins that may send cookies; asked on every request, since the port may be known only after listening. */
  readonly trustedOrigins: () => readonly string[]
}

/** better-auth as Trailpost uses it: e-mail and password, closed sign-up, tables auth_* in our own database. */
export function authSettings({ store, secret, dashboardUrl, trustedOrigins }: AccountsOptions) {
  return {
    appName: 'Trailpost',
    baseURL: dashboardUrl,
    basePath: '/api/auth',
    secret: createHmac('sha256', secret).update('dashboard sessions').digest('hex'),
    // No transactions: better-auth reads through the instance while one of its transactions is open, which
    // waits for ever on SQLite's only connection.
    database: { db: store.db, type: store.engine, transaction: false },
    trustedOrigins: async () => [...trustedOrigins()],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
    },
    user: { modelName: 'auth_users' },
    session: {
      modelName: 'auth_sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: SESSION_PROLONG_SECONDS,
      // A person may look at their sessions on any day of one; what changes an account asks for the password.
      freshAge: 0,
    },
    account: { modelName: 'auth_accounts' },
    verification: { modelName: 'auth_verifications' },
    plugins: [workspacesPlugin(), twoFactorPlugin(), secondStepPlugin()],
    // @fastify/rate-limit guards these routes, by the address that trusted proxies report.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      cookiePrefix: 'trailpost',
      // Said outright, because the library turns the check off when it thinks that it is being tested.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [CLIENT_IP_HEADER] },
    },
  } satisfies BetterAuthOptions
}

/**
 * Codes of an authenticator app, and backup codes, as a second step of signing in. The plugin seals both with `secret`
 * before they are stored, and after ten wrong codes in a row takes none for a quarter of an hour.
 */
function twoFactorPlugin() {
  return twoFactor({
    issuer: 'Trailpost',
    backupCodeOptions: { amount: BACKUP_CODES },
    // No device is remembered: whoever resets a second factor would have to find these as well.
    trustDeviceMaxAge: 0,
    schema: { twoFactor: { modelName: 'auth_two_factors' } },
  })
}

/** A workspace is an organisation; what a role may do with our resources is in access-table.ts alone. */
function workspacesPlugin() {
  const control = createAccessControl({ organization: ['update'], member: ['create', 'update', 'delete'] })
  return organization({
    allowUserToCreateOrganization: false,
    disableOrganizationDeletion: true,
    ac: control,
    roles: {
      owner: control.newRole({ organization: ['update'], member: ['create', 'update', 'delete'] }),
      manager: control.newRole({}),
      viewer: control.newRole({}),
      affiliate_manager: control.newRole({}),
      affiliate: control.newRole({}),
    },
    schema: {
      organization: { modelName: 'auth_organizations' },
      member: { modelName: 'auth_members' },
      invitation: { modelName: 'auth_invitations' },
    },
  })
}
