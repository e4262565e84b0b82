import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { releaseAffiliates } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import {
  countOthersWithRole,
  deleteMember,
  findMemberRole,
  membersLock,
  updateMemberRole,
} from '../store/members.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { ROLES } from './access-table.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges } from './audited-changes.ts'
import { AUTH_RATE_LIMIT } from './auth-routes.ts'
import { PASSWORD_CHARS_MAX } from './auth-settings.ts'
import { type Caller, callerOf } from './caller.ts'
import { timeField } from './fields.ts'
import { deleteUserWithoutWorkspace, joinWorkspace } from './join-workspace.ts'
import { idParams } from './page.ts'
import { emailTaken, personFields } from './person-fields.ts'
import { invalidFields, notFound, Problem } from './problem.ts'

const PATH = '/api/v1/members'
const TAGS = ['members']
/** Of the network's own people; who signs in for an affiliate is added at the affiliate. */
const MEMBER_ROLES = [...ROLES, 'affiliate_manager'] as const
type MemberRole = (typeof MEMBER_ROLES)[number]
/** The role of members whom affiliates may not be left with. */
const LOOKS_AFTER_NONE: MemberRole = 'viewer'

const memberSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(MEMBER_ROLES),
    since: timeField,
    hasTwoFactor: z.boolean().nullable().describe('Null for who is no owner'),
  })
  .meta({ id: 'Member' })

/** The network's own people: few, so they come as one page. */
export function memberRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'People of the workspace, without those of affiliates',
      response: { 200: z.object({ items: z.array(memberSchema), nextCursor: z.null() }) },
    },
    handler: async (request) => ({ items: await listMembers(deps, callerOf(request)), nextCursor: null }),
  })
  addRoute(app, deps)
  roleRoute(app, deps)
  removeRoute(app, deps)
  resetTwoFactorRoute(app, deps)
}

function addRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Add a person, who changes the initial password after signing in',
      body: z.strictObject({ ...personFields, role: z.enum(MEMBER_ROLES) }),
      response: { 201: memberSchema },
    },
    handler: async (request, reply) => {
      const { role, ...person } = request.body
      const caller = callerOf(request)
      const now = deps.clock()
      const result = await joinWorkspace(deps, person, {
        workspace: caller.workspace,
        role,
        now,
        mayHaveAccount: false,
        record: (db, userId) => audit(db, caller, { now, deed: 'create', id: userId, detail: { role } }),
      })
      if (!result.ok) throw emailTaken()
      return await reply.code(201).send(await oneMember(deps, caller, result.userId))
    },
  })
}

function roleRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Change the role of a member; the last owner stays one',
      params: idParams,
      body: z.strictObject({ role: z.enum(MEMBER_ROLES) }),
      response: { 200: memberSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const { role } = request.body
      const { workspace } = callerOf(request)
      await changeMember(deps, request, id, async (db, now, before) => {
        if (role !== 'owner') await refuseLastOwner(db, { workspace, userId: id })
        await updateMemberRole(db, { workspace, userId: id, role })
        if (role === LOOKS_AFTER_NONE) await releaseAffiliates(db, { workspace, managerId: id }, now)
        return { deed: 'update', detail: roleChange(before, role) }
      })
      return await oneMember(deps, callerOf(request), id)
    },
  })
}

function removeRoute(app: ApiApp, deps: ApiDeps): void {
  app.delete(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Remove a member; the last owner stays',
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const { workspace } = callerOf(request)
      await changeMember(deps, request, id, async (db, now) => {
        await refuseLastOwner(db, { workspace, userId: id })
        await deleteMember(db, { workspace, userId: id })
        await releaseAffiliates(db, { workspace, managerId: id }, now)
        return { deed: 'delete', detail: {} }
      })
      await deleteUserWithoutWorkspace(deps.accounts, id)
      return await reply.code(204).send()
    },
  })
}

function resetTwoFactorRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/reset-two-factor`, {
    schema: {
      tags: TAGS,
      summary: 'Take away the second factor of a member who lost it, and end their sessions',
      params: idParams,
      body: z.strictObject({
        password: z.string().min(1).max(PASSWORD_CHARS_MAX).describe("The caller's own, said once more"),
      }),
      response: { 200: memberSchema },
    },
    config: { rateLimit: AUTH_RATE_LIMIT },
    handler: async (request) => {
      const { id } = request.params
      const caller = callerOf(request)
      await oneMember(deps, caller, id)
      await requirePerson(deps, request, { about: id, password: request.body.password })
      await refuseOtherWorkspaces(deps, id)
      const wasReset = await deps.accounts.resetTwoFactor(id)
      if (wasReset) {
        await audit(deps.store.db, caller, { now: deps.clock(), deed: 'reset_two_factor', id, detail: {} })
      }
      return await oneMember(deps, caller, id)
    },
  })
}

/** A key, or a session that was left open or stolen, lets nobody take another's second factor, or its owner's own. */
async function requirePerson(
  { accounts }: ApiDeps,
  { user }: FastifyRequest,
  { about, password }: { readonly about: string; readonly password: string },
): Promise<void> {
  if (user === undefined) {
    throw new Problem(403, 'person_needed', 'An API key can not do this: sign in to the dashboard.')
  }
  if (user.id === about) {
    throw new Problem(409, 'own_account', 'Your own second factor is turned off under Your account.')
  }
  if (await accounts.isPassword(user.id, password)) return
  throw invalidFields([{ field: 'password', message: 'is not your password' }])
}

/** Their account opens doors that are not this owner's. */
async function refuseOtherWorkspaces({ accounts }: ApiDeps, userId: string): Promise<void> {
  if ((await accounts.memberships(userId)).length === 1) return
  const detail =
    'This person belongs to other workspaces too: the operator resets it (trailpost owner reset-two-factor).'
  throw new Problem(409, 'belongs_elsewhere', detail)
}

function roleChange(before: string, after: MemberRole): Deed['detail'] {
  return { ...auditedChanges({ settable: ['role'], before: { role: before }, after: { role: after } }) }
}

type Deed = { readonly deed: string; readonly detail: Readonly<Record<string, unknown>> }

/** Changes a member while nobody else changes any of the workspace: two owners never remove each other. */
async function changeMember(
  deps: ApiDeps,
  request: FastifyRequest,
  id: string,
  change: (db: Db, now: number, roleBefore: string) => Promise<Deed>,
): Promise<void> {
  const caller = callerOf(request)
  const now = deps.clock()
  await inTransaction(deps.store.db, async (db) => {
    await lockKeys(db, deps.store.engine, [membersLock(caller.workspace)])
    const role = await findMemberRole(db, { workspace: caller.workspace, userId: id })
    if (role === undefined || role === 'affiliate') throw notFound('member', id)
    await audit(db, caller, { now, id, ...(await change(db, now, role)) })
  })
}

async function refuseLastOwner(
  db: Db,
  key: { readonly workspace: string; readonly userId: string },
): Promise<void> {
  if ((await findMemberRole(db, key)) !== 'owner') return
  if ((await countOthersWithRole(db, { ...key, role: 'owner' })) > 0) return
  throw new Problem(409, 'last_owner', 'This is the last owner of the workspace: make another one first.')
}

async function listMembers(
  { accounts }: ApiDeps,
  { workspace, role: ownRole }: Caller,
): Promise<z.input<typeof memberSchema>[]> {
  const members = await accounts.members(workspace)
  return members.flatMap(({ role, since, hasTwoFactor, ...user }) => {
    if (role === 'affiliate') return []
    const shown = ownRole === 'owner' ? hasTwoFactor : null
    return [{ ...user, role, since: since.toISOString(), hasTwoFactor: shown }]
  })
}

async function oneMember(deps: ApiDeps, caller: Caller, id: string) {
  const found = (await listMembers(deps, caller)).find((member) => member.id === id)
  if (found === undefined) throw notFound('member', id)
  return found
}

async function audit(
  db: Db,
  { workspace, actor }: Caller,
  { now, deed, id, detail }: Deed & { readonly now: number; readonly id: string },
): Promise<void> {
  await appendAudit(db, {
    workspace,
    at: now,
    actor,
    action: `member.${deed}`,
    subjectType: 'member',
    subjectId: id,
    detail,
  })
}
