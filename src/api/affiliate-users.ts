import { z } from 'zod'
import { addAffiliateUser, listAffiliateUserIds, removeAffiliateUser } from '../store/affiliate-users.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { deleteMember, membersLock } from '../store/members.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { User } from './accounts.ts'
import { loadManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, managerOf } from './caller.ts'
import { deleteUserWithoutWorkspace, joinWorkspace } from './join-workspace.ts'
import { idParams } from './page.ts'
import { emailTaken, personFields } from './person-fields.ts'
import { notFound } from './problem.ts'

const PATH = '/api/v1/affiliates/:id/users'
const TAGS = ['affiliates']

const userParams = idParams.extend({ userId: z.string().min(1).max(100) })
const userSchema = z
  .object({ id: z.string(), email: z.string(), name: z.string() })
  .meta({ id: 'AffiliateUser' })

/** The people who sign in for an affiliate. */
export function affiliateUserRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'People who sign in for an affiliate',
      params: idParams,
      response: { 200: z.object({ items: z.array(userSchema), nextCursor: z.null() }) },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { id: affiliateId } = request.params
      await loadManagedAffiliate(db, { workspace, id: affiliateId, managerId: managerOf(request) })
      const ids = await listAffiliateUserIds(db, { workspace, affiliateId })
      return { items: [...(await usersInOrder(deps, ids))], nextCursor: null }
    },
  })
  addRoute(app, deps)
  removeRoute(app, deps)
}

function addRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Add a person who signs in for an affiliate, and changes the initial password then',
      params: idParams,
      body: z.strictObject(personFields),
      response: { 201: userSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { workspace } = caller
      const { id: affiliateId } = request.params
      const now = deps.clock()
      // Before an account is made for nothing.
      await loadManagedAffiliate(deps.store.db, { workspace, id: affiliateId, managerId: managerOf(request) })
      const result = await joinWorkspace(deps, request.body, {
        workspace,
        role: 'affiliate',
        now,
        mayHaveAccount: false,
        record: async (db, userId) => {
          await addAffiliateUser(db, { userId, workspace, affiliateId }, now)
          await audit(db, caller, { now, deed: 'add', affiliateId, userId })
        },
      })
      if (!result.ok) throw emailTaken()
      const [user] = await usersInOrder(deps, [result.userId])
      if (user === undefined) throw notFound('person', result.userId)
      return await reply.code(201).send(user)
    },
  })
}

function removeRoute(app: ApiApp, deps: ApiDeps): void {
  const { db, engine } = deps.store
  app.delete(`${PATH}/:userId`, {
    schema: {
      tags: TAGS,
      summary: 'A person signs in for the affiliate no more',
      params: userParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { workspace } = caller
      const { id: affiliateId, userId } = request.params
      const now = deps.clock()
      await inTransaction(db, async (trx) => {
        await lockKeys(trx, engine, [membersLock(workspace)])
        await loadManagedAffiliate(trx, { workspace, id: affiliateId, managerId: managerOf(request) })
        if (!(await removeAffiliateUser(trx, { userId, workspace, affiliateId }))) {
          throw notFound('person', userId)
        }
        await deleteMember(trx, { workspace, userId })
        await audit(trx, caller, { now, deed: 'remove', affiliateId, userId })
      })
      await deleteUserWithoutWorkspace(deps.accounts, userId)
      return await reply.code(204).send()
    },
  })
}

/** In the order of the ids. */
async function usersInOrder(deps: ApiDeps, ids: readonly string[]): Promise<readonly User[]> {
  const users = await deps.accounts.users(ids)
  return ids.flatMap((id) => users.find((user) => user.id === id) ?? [])
}

async function audit(
  db: Db,
  { workspace, actor }: Caller,
  entry: {
    readonly now: number
    readonly deed: string
    readonly affiliateId: string
    readonly userId: string
  },
): Promise<void> {
  await appendAudit(db, {
    workspace,
    at: entry.now,
    actor,
    action: `affiliate_user.${entry.deed}`,
    subjectType: 'affiliate',
    subjectId: entry.affiliateId,
    detail: { user: entry.userId },
  })
}
