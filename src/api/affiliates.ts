import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AFFILIATE_STATUSES } from '../domain/affiliate.ts'
import {
  type Affiliate,
  type AffiliateFields,
  archiveAffiliate,
  createAffiliate,
  findAffiliates,
  restoreAffiliate,
  updateAffiliate,
} from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { SqlEngine } from '../store/open-store.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import {
  checkAffiliate,
  checkManager,
  loadManagedAffiliate,
  type ManagedAffiliate,
  refuseForeignFields,
} from './affiliate-checks.ts'
import {
  affiliateCreateBody,
  affiliateSchema,
  affiliateStatusBody,
  affiliateUpdateBody,
  toAffiliateView,
} from './affiliate-fields.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges, settableFields } from './audited-changes.ts'
import { type Caller, callerOf, managerOf } from './caller.ts'
import { idParams, ownedPageQuery, pageOf } from './page.ts'
import { notFound } from './problem.ts'

const PATH = '/api/v1/affiliates'
const TAGS = ['affiliates']
const SEARCH_CHARS_MAX = 200

/** The audit log says that they changed, and not to what: accounts and addresses are among them. */
const SECRET_FIELDS = ['payment', 'billing', 'note']
const SETTABLE_FIELDS = settableFields(affiliateUpdateBody)

const listQuery = ownedPageQuery.extend({
  status: z.enum(AFFILIATE_STATUSES).optional(),
  tag: z.string().min(1).max(SEARCH_CHARS_MAX).optional(),
  manager: z.string().max(64).optional().describe("Id of a member; '' for those that nobody looks after"),
  search: z
    .string()
    .trim()
    .min(1)
    .max(SEARCH_CHARS_MAX)
    .optional()
    .describe('Part of a name or e-mail address'),
})

/** Affiliates of the network; an affiliate manager reaches those alone that it looks after. */
export function affiliateRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  createRoute(app, deps)
  changeRoutes(app, deps)
  archiveRoute(app, deps)
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: affiliates',
      querystring: listQuery,
      response: { 200: pageOf(affiliateSchema) },
    },
    handler: async (request) => {
      const { manager, limit, cursor, archived, ids, ...filter } = request.query
      const own = managerOf(request)
      // A manager that asks for another's sees none, as if there were none.
      if (own !== undefined && manager !== undefined && manager !== own)
        return { items: [], nextCursor: null }
      const wanted = { ...filter, managerId: own ?? manager }
      const page = await findAffiliates(db, callerOf(request).workspace, wanted, {
        limit,
        cursor,
        archived,
        ids,
      })
      return { items: page.items.map(toAffiliateView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: 'One affiliate', params: idParams, response: { 200: affiliateSchema } },
    handler: async (request) => {
      return toAffiliateView(await loadManagedAffiliate(db, managedKey(request, request.params.id)))
    },
  })
}

function createRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create: affiliate; an affiliate manager looks after those that it creates',
      body: affiliateCreateBody,
      response: { 201: affiliateSchema },
    },
    handler: async (request, reply) => {
      const own = managerOf(request)
      const { workspace } = callerOf(request)
      const fields = { ...request.body, managerId: request.body.managerId || (own ?? '') }
      refuseForeignFields(own, chosenFields(fields, own))
      await checkManager(deps.accounts, workspace, fields.managerId)
      const affiliate = await inWork(deps, request, (work) =>
        create(work, { ...fields, statusReason: '', acceptedTermsAt: null }),
      )
      return await reply.code(201).send(toAffiliateView(affiliate))
    },
  })
}

function changeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Change the given fields: affiliate',
      params: idParams,
      body: affiliateUpdateBody,
      response: { 200: affiliateSchema },
    },
    handler: async (request) => {
      const changes = request.body as Partial<AffiliateFields> // checked by affiliateUpdateBody
      const { workspace } = callerOf(request)
      const key = managedKey(request, request.params.id)
      // Before the reason, which would tell that there is one.
      await loadManagedAffiliate(deps.store.db, key)
      refuseForeignFields(key.managerId, Object.keys(changes))
      await checkManager(deps.accounts, workspace, changes.managerId ?? '')
      return toAffiliateView(await inWork(deps, request, (work) => update(work, key, changes)))
    },
  })
  app.post(`${PATH}/:id/status`, {
    schema: {
      tags: TAGS,
      summary: 'Approve, pause, reject or close an affiliate; the reason is told to it',
      params: idParams,
      body: affiliateStatusBody,
      response: { 200: affiliateSchema },
    },
    handler: async (request) => {
      const key = managedKey(request, request.params.id)
      const { status, reason } = request.body
      return toAffiliateView(
        await inWork(deps, request, async (work) => {
          const { status: before } = await lockAffiliate(work, key)
          const changed = await updateAffiliate(work.db, key, { status, statusReason: reason }, work.now)
          if (changed === undefined) throw notFound('affiliate', key.id)
          await audit(work, 'status', key.id, { from: before, to: status, reason })
          return changed
        }),
      )
    },
  })
}

function archiveRoute(app: ApiApp, deps: ApiDeps): void {
  app.delete(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Archive: affiliate; reports keep it',
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const key = managedKey(request, request.params.id)
      await inWork(deps, request, async (work) => {
        await lockAffiliate(work, key)
        if (!(await archiveAffiliate(work.db, key, work.now))) throw notFound('affiliate', key.id)
        await audit(work, 'archive', key.id, {})
      })
      return await reply.code(204).send()
    },
  })
  app.post(`${PATH}/:id/restore`, {
    schema: {
      tags: TAGS,
      summary: 'Take into use again what was archived: affiliate',
      params: idParams,
      response: { 200: affiliateSchema },
    },
    handler: async (request) => {
      const key = managedKey(request, request.params.id)
      return toAffiliateView(await inWork(deps, request, (work) => restore(work, key)))
    },
  })
}

type Work = { readonly db: Db; readonly engine: SqlEngine; readonly caller: Caller; readonly now: number }

/** The change, its checks and its audit entry are one transaction. */
async function inWork<T>(
  deps: ApiDeps,
  request: FastifyRequest,
  run: (work: Work) => Promise<T>,
): Promise<T> {
  const { db, engine } = deps.store
  return await inTransaction(db, (trx) =>
    run({ db: trx, engine, caller: callerOf(request), now: deps.clock() }),
  )
}

/** What a body says that it need not say; a manager who names itself says nothing new. */
function chosenFields(fields: z.output<typeof affiliateCreateBody>, own: string | undefined): string[] {
  const unsaid = { ...affiliateCreateBody.parse({ name: fields.name }), managerId: own }
  return Object.entries(fields).flatMap(([name, value]) =>
    JSON.stringify(value) === JSON.stringify(new Map(Object.entries(unsaid)).get(name)) ? [] : [name],
  )
}

function managedKey(request: FastifyRequest, id: string): ManagedAffiliate {
  return { workspace: callerOf(request).workspace, id, managerId: managerOf(request) }
}

async function create(work: Work, fields: AffiliateFields): Promise<Affiliate> {
  const { workspace } = work.caller
  await checkAffiliate(work, workspace, fields)
  const affiliate = await createAffiliate(work.db, workspace, fields, work.now)
  await audit(work, 'create', affiliate.id, {})
  return affiliate
}

/** Read under a lock of its own, so that what is checked of it stays so. */
async function lockAffiliate({ db, engine }: Work, key: ManagedAffiliate): Promise<Affiliate> {
  await lockKeys(db, engine, [`affiliate:${key.id}`])
  return await loadManagedAffiliate(db, key)
}

async function update(
  work: Work,
  key: ManagedAffiliate,
  changes: Partial<AffiliateFields>,
): Promise<Affiliate> {
  const current = await lockAffiliate(work, key)
  await checkAffiliate(work, key.workspace, { ...current, ...changes })
  const changed = await updateAffiliate(work.db, key, changes, work.now)
  if (changed === undefined) throw notFound('affiliate', key.id)
  const views = { before: toAffiliateView(current), after: toAffiliateView(changed) }
  const compared = { settable: SETTABLE_FIELDS, secret: SECRET_FIELDS, ...views }
  await audit(work, 'update', key.id, { ...auditedChanges(compared) })
  return changed
}

/** Its legacy ids may be taken by now, or who brought it archived. */
async function restore(work: Work, key: ManagedAffiliate): Promise<Affiliate> {
  const archived = await lockAffiliate(work, key)
  if (archived.archivedAt === null) return archived
  await checkAffiliate(work, key.workspace, archived)
  if (await restoreAffiliate(work.db, key, work.now)) await audit(work, 'restore', key.id, {})
  return await loadManagedAffiliate(work.db, key)
}

async function audit(
  { db, caller, now }: Work,
  deed: string,
  id: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendAudit(db, {
    workspace: caller.workspace,
    at: now,
    actor: caller.actor,
    action: `affiliate.${deed}`,
    subjectType: 'affiliate',
    subjectId: id,
    detail,
  })
}
