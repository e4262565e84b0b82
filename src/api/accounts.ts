import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { type AccountRole, isAccountRole } from './access-table.ts'
import { type AccountsOptions, authSettings } from './auth-settings.ts'

const MEMBERS_MAX = 1_000

export type User = { readonly id: string; readonly email: string; readonly name: string }
export type Membership = { readonly workspace: string; readonly role: AccountRole }
export type Member = User & { readonly role: AccountRole; readonly since: Date }

/** Who may sign in, and to which workspaces they belong. */
export type Accounts = {
  /** Answers everything below /api/auth. */
  handle(request: Request): Promise<Response>
  /** The person of a session cookie; `cookies` prolong the session when it was due. */
  session(headers: Headers): Promise<{ user: User; cookies: readonly string[] } | undefined>
  memberships(userId: string): Promise<readonly Membership[]>
  members(workspace: string): Promise<readonly Member[]>
  /** True until somebody owns a workspace. */
  isEmpty(): Promise<boolean>
  createUser(user: { email: string; password: string; name: string }): Promise<NewUser>
  deleteUser(userId: string): Promise<void>
  addWorkspace(workspace: { id: string; name: string; ownerId: string }): Promise<void>
  /** Makes a person a member of a workspace. */
  addMember(member: { workspace: string; userId: string; role: AccountRole }): Promise<void>
  /** Signs in and returns the cookies to set. */
  signIn(credentials: { email: string; password: string }, headers: Headers): Promise<readonly string[]>
}

type NewUser =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: 'taken'; readonly id: string }

/** Opens better-auth on the store and brings its own tables (auth_*) up to date. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const settings = authSettings(options)
  const { runMigrations } = await getMigrations(settings)
  await runMigrations()
  return accountsOf(settings)
}

type AuthSettings = ReturnType<typeof authSettings>
type MemberRow = { userId: string; organizationId: string; role: string; createdAt: Date }
type UserRow = { id: string; email: string; name: string }

function accountsOf(settings: AuthSettings): Accounts {
  const auth = betterAuth(settings)
  return {
    handle: (request) => auth.handler(request),
    async session(headers) {
      const { response, headers: answer } = await auth.api.getSession({ headers, returnHeaders: true })
      if (response === null) return undefined
      const { id, email, name } = response.user
      return { user: { id, email, name }, cookies: answer.getSetCookie() }
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
    async isEmpty() {
      const { adapter } = await auth.$context
      return (await adapter.count({ model: 'member', where: [{ field: 'role', value: 'owner' }] })) === 0
    },
    ...accountWrites(auth),
  }
}

type Auth = ReturnType<typeof betterAuth<AuthSettings>>
type Adapter = Awaited<Auth['$context']>['adapter']

function accountWrites(
  auth: Auth,
): Pick<Accounts, 'createUser' | 'deleteUser' | 'addWorkspace' | 'addMember' | 'signIn'> {
  return {
    async createUser({ email, password, name }) {
      const { internalAdapter, password: passwords } = await auth.$context
      const known = await internalAdapter.findUserByEmail(email)
      if (known) return { ok: false, reason: 'taken', id: known.user.id }
      const hash = await passwords.hash(password)
      const { id } = await internalAdapter.createUser(
        { email, name, emailVerified: true },
        { method: 'admin' },
      )
      await internalAdapter.linkAccount({
        userId: id,
        accountId: id,
        providerId: 'credential',
        password: hash,
      })
      return { ok: true, id }
    },
    async deleteUser(userId) {
      const { internalAdapter } = await auth.$context
      await internalAdapter.deleteUser(userId)
    },
    async addWorkspace({ id, name, ownerId }) {
      const { adapter } = await auth.$context
      const createdAt = new Date()
      const organization = { id, name, slug: id, createdAt }
      await adapter.create({ model: 'organization', data: organization, forceAllowId: true })
      const member = { organizationId: id, userId: ownerId, role: 'owner', createdAt }
      await adapter.create({ model: 'member', data: member })
    },
    async addMember({ workspace, userId, role }) {
      const { adapter } = await auth.$context
      const data = { organizationId: workspace, userId, role, createdAt: new Date() }
      await adapter.create({ model: 'member', data })
    },
    async signIn(body, headers) {
      const answer = await auth.api.signInEmail({ body, headers, returnHeaders: true })
      return answer.headers.getSetCookie()
    },
  }
}

async function listMembers(adapter: Adapter, workspace: string): Promise<readonly Member[]> {
  const ofWorkspace = [{ field: 'organizationId', value: workspace }]
  const rows = await adapter.findMany<MemberRow>({ model: 'member', where: ofWorkspace, limit: MEMBERS_MAX })
  const ids = rows.map((row) => row.userId)
  const byId = [{ field: 'id', operator: 'in' as const, value: ids }]
  const users = await adapter.findMany<UserRow>({ model: 'user', where: byId, limit: MEMBERS_MAX })
  const usersById = new Map(users.map((user) => [user.id, user]))
  return rows.flatMap(({ userId, role, createdAt }) => {
    const user = usersById.get(userId)
    if (user === undefined || !isAccountRole(role)) return []
    return [{ id: user.id, email: user.email, name: user.name, role, since: createdAt }]
  })
}
