import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { isValueError } from '../store/store-error.ts'
import { type AccountRole, isAccountRole, ROLES } from './access-table.ts'
import { type AccountsOptions, authSettings } from './auth-settings.ts'
import { type SecondFactors, secondFactorsOf } from './second-factors.ts'

const MEMBERS_MAX = 1_000
/** What better-auth calls e-mail and password. */
const CREDENTIAL = 'credential'

export type User = {
  readonly id: string
  readonly email: string
  readonly name: string
  /** Signs in with a code of an authenticator app as well. */
  readonly hasTwoFactor: boolean
}
export type Membership = { readonly workspace: string; readonly role: AccountRole }
export type Member = User & { readonly role: AccountRole; readonly since: Date }

/** Who may sign in, and to which workspaces they belong. */
export type Accounts = SecondFactors & {
  /** Answers everything below /api/auth. */
  handle(request: Request): Promise<Response>
  /** The person of a session cookie; `cookies` prolong the session when it was due. */
  session(headers: Headers): Promise<{ user: User; cookies: readonly string[] } | undefined>
  memberships(userId: string): Promise<readonly Membership[]>
  /** The network's own people; those who sign in for affiliates are not among them. */
  members(workspace: string): Promise<readonly Member[]>
  /** The people of these ids, in any order; an id that is unknown is left out. */
  users(ids: readonly string[]): Promise<readonly User[]>
  /** The id of the person with the address; undefined when nobody has it. */
  findUserId(email: string): Promise<string | undefined>
  /** True until somebody owns a workspace. */
  isEmpty(): Promise<boolean>
  /** Makes a person who may sign in and belongs to no workspace. Takes as long for an address that is taken. */
  createUser(user: { email: string; password: string; name: string }): Promise<NewUser>
  deleteUser(userId: string): Promise<void>
  /** Whether the person signs in with this password. Takes as long for a person who has none. */
  isPassword(userId: string, password: string): Promise<boolean>
  /** From now on the person signs in with this password; their sessions end. */
  resetPassword(userId: string, password: string): Promise<void>
  addWorkspace(workspace: { id: string; name: string; ownerId: string }): Promise<void>
  /** Signs in and returns the cookies to set. */
  signIn(credentials: { email: string; password: string }, headers: Headers): Promise<readonly string[]>
}

type NewUser =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false
      readonly reason: 'taken'
      readonly id: string
      readonly createdAt: Date
      /** The password is that of the person whose address it is. */
      readonly isSamePassword: boolean
    }

/** Opens better-auth on the store and brings its own tables (auth_*) up to date. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const settings = authSettings(options)
  const { runMigrations } = await getMigrations(settings)
  await runMigrations()
  return accountsOf(settings)
}

type AuthSettings = ReturnType<typeof authSettings>
type MemberRow = { userId: string; organizationId: string; role: string; createdAt: Date }
type UserRow = { id: string; email: string; name: string; twoFactorEnabled?: boolean | null | undefined }
/** Their number is that of a team; affiliates, who may be many, are told apart before the limit counts. */
const TEAM_ROLES = [...ROLES, 'affiliate_manager']

function accountsOf(settings: AuthSettings): Accounts {
  const auth = betterAuth(settings)
  return {
    handle: (request) => auth.handler(request),
    async session(headers) {
      const { response, headers: answer } = await auth.api.getSession({ headers, returnHeaders: true })
      if (response === null) return undefined
      return { user: toUser(response.user), cookies: answer.getSetCookie() }
    },
    async memberships(userId) {
      const { adapter } = await auth.$context
      const where = [{ field: 'userId', value: userId }]
      const rows = await adapter.findMany<MemberRow>({ model: 'member', where, limit: MEMBERS_MAX })
      return rows.flatMap(({ organizationId, role }) =>
        isAccountRole(role) ? [{ workspace: organizationId, role }] : [],
      )
    },
    async members(workspace) {
      const { adapter } = await auth.$context
      return listMembers(adapter, workspace)
    },
    async users(ids) {
      const { adapter } = await auth.$context
      return await listUsers(adapter, ids)
    },
    async findUserId(email) {
      const { internalAdapter } = await auth.$context
      return (await internalAdapter.findUserByEmail(email))?.user.id
    },
    async isEmpty() {
      const { adapter } = await auth.$context
      return (await adapter.count({ model: 'member', where: [{ field: 'role', value: 'owner' }] })) === 0
    },
    async isPassword(userId, password) {
      const { internalAdapter, password: passwords } = await auth.$context
      const hash = (await internalAdapter.findCredentialAccount(userId))?.password
      if (hash) return await passwords.verify({ hash, password })
      await passwords.hash(password)
      return false
    },
    ...accountWrites(auth),
    ...secondFactorsOf(auth),
  }
}

/** better-auth with our settings. */
export type Auth = ReturnType<typeof betterAuth<AuthSettings>>
type Adapter = Awaited<Auth['$context']>['adapter']

type Writes = 'createUser' | 'deleteUser' | 'resetPassword' | 'addWorkspace' | 'signIn'

function accountWrites(auth: Auth): Pick<Accounts, Writes> {
  return {
    async createUser({ email, password, name }) {
      const { internalAdapter, password: passwords } = await auth.$context
      const taken = await findTaken(auth, email, password)
      if (taken !== undefined) return taken
      const hash = await passwords.hash(password)
      try {
        const { id } = await internalAdapter.createUser(
          { email, name, emailVerified: true },
          { method: 'admin' },
        )
        const account = { userId: id, accountId: id, providerId: CREDENTIAL, password: hash }
        await internalAdapter.linkAccount(account)
        return { ok: true, id }
      } catch (error) {
        // Somebody was faster with the same address.
        const faster = isValueError(error) ? await findTaken(auth, email, password) : undefined
        if (faster === undefined) throw error
        return faster
      }
    },
    async deleteUser(userId) {
      const { internalAdapter } = await auth.$context
      await internalAdapter.deleteUser(userId)
    },
    async resetPassword(userId, password) {
      const { internalAdapter, password: passwords } = await auth.$context
      await internalAdapter.updatePassword(userId, await passwords.hash(password))
      await internalAdapter.deleteUserSessions(userId)
    },
    async addWorkspace({ id, name, ownerId }) {
      const { adapter } = await auth.$context
      const createdAt = new Date()
      const organization = { id, name, slug: id, createdAt }
      await adapter.create({ model: 'organization', data: organization, forceAllowId: true })
      const member = { organizationId: id, userId: ownerId, role: 'owner', createdAt }
      await adapter.create({ model: 'member', data: member })
    },
    async signIn(body, headers) {
      const answer = await auth.api.signInEmail({ body, headers, returnHeaders: true })
      return answer.headers.getSetCookie()
    },
  }
}

/** Whose address it is; undefined when nobody's. */
async function findTaken(auth: Auth, email: string, password: string): Promise<NewUser | undefined> {
  const { internalAdapter, password: passwords } = await auth.$context
  const known = await internalAdapter.findUserByEmail(email, { includeAccounts: true })
  if (!known) return undefined
  const { id, createdAt } = known.user
  const hash = known.accounts.find(({ providerId }) => providerId === CREDENTIAL)?.password
  if (hash) {
    const isSamePassword = await passwords.verify({ hash, password })
    return { ok: false, reason: 'taken', id, createdAt, isSamePassword }
  }
  // Nobody keeps this hash: it takes as long.
  await passwords.hash(password)
  return { ok: false, reason: 'taken', id, createdAt, isSamePassword: false }
}

async function listUsers(adapter: Adapter, ids: readonly string[]): Promise<readonly User[]> {
  const where = [{ field: 'id', operator: 'in' as const, value: [...ids] }]
  const rows = await adapter.findMany<UserRow>({ model: 'user', where, limit: MEMBERS_MAX })
  return rows.map(toUser)
}

function toUser({ id, email, name, twoFactorEnabled }: UserRow): User {
  return { id, email, name, hasTwoFactor: twoFactorEnabled === true }
}

async function listMembers(adapter: Adapter, workspace: string): Promise<readonly Member[]> {
  const ofWorkspace = [
    { field: 'organizationId', value: workspace },
    { field: 'role', operator: 'in' as const, value: TEAM_ROLES },
  ]
  const rows = await adapter.findMany<MemberRow>({ model: 'member', where: ofWorkspace, limit: MEMBERS_MAX })
  const users = await listUsers(
    adapter,
    rows.map((row) => row.userId),
  )
  const usersById = new Map(users.map((user) => [user.id, user]))
  return rows.flatMap(({ userId, role, createdAt }) => {
    const user = usersById.get(userId)
    if (user === undefined || !isAccountRole(role)) return []
    return [{ ...user, role, since: createdAt }]
  })
}
