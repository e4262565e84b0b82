import assert from 'node:assert/strict'
import type { FastifyInstance, FastifyRequest, FastifyTypeProviderDefault } from 'fastify'
import { z } from 'zod'
import { appendAudit } from '../store/audit-log.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { SqlEngine } from '../store/open-store.ts'
import type { Owned, OwnedId, OwnedPageRequest } from '../store/owned.ts'
import type { Page } from '../store/page.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges, settableFields } from './audited-changes.ts'
import { type Caller, callerOf } from './caller.ts'
import { idParams, ownedPageQuery, pageOf } from './page.ts'
import { notFound } from './problem.ts'

/**
 * One kind of configured thing: how it is checked, stored and shown. All kinds have the same six routes, and
 * each of them works only inside the caller's workspace.
 */
type OwnedResource<Item extends Owned, Fields> = {
  /** Below /api/v1. */
  readonly path: string
  /** For messages and the audit log, e.g. 'offer'. */
  readonly what: string
  readonly createBody: z.ZodType<Fields>
  readonly updateBody: z.ZodType
  /** Query of the list, when it takes more than a page's: ownedPageQuery with further, optional parameters. */
  readonly listQuery?: z.ZodType
  readonly itemSchema: z.ZodType
  readonly create: (db: Db, workspace: string, fields: Fields, now: number) => Promise<Item>
  readonly update: (db: Db, key: OwnedId, changes: Partial<Fields>, now: number) => Promise<Item | undefined>
  readonly archive: (db: Db, key: OwnedId, now: number) => Promise<boolean>
  readonly restore: (db: Db, key: OwnedId, now: number) => Promise<boolean>
  readonly get: (db: Db, key: OwnedId) => Promise<Item | undefined>
  readonly list: (db: Db, workspace: string, page: OwnedPageRequest) => Promise<Page<Item>>
  readonly toViews: (db: Db, items: readonly Item[], caller: Caller) => Promise<readonly object[]>
  /** Fields whose values the audit log does not keep: they may hold secrets. */
  readonly secretFields?: readonly string[]
  /** Completes the parts of fields that an update may name alone. */
  readonly merge?: (current: Item, body: Partial<Fields>) => Partial<Fields>
  /** Fills in on creation what the body left open. */
  readonly complete?: (db: Db, workspace: string, fields: Fields) => Promise<Fields>
  /** Saves with a common key wait for each other, so that what `check` finds free stays free. */
  readonly locks?: (fields: Fields) => readonly string[]
  /** Refuses fields that name things the workspace does not have; `id` is absent on creation. */
  readonly check?: (db: Db, workspace: string, fields: Fields, id?: string) => Promise<void>
  /** Refuses to take something out of use that others need. */
  readonly checkArchive?: (db: Db, key: OwnedId) => Promise<void>
}

export function ownedRoutes<Item extends Owned & Fields, Fields>(
  app: ApiApp,
  deps: ApiDeps,
  resource: OwnedResource<Item, Fields>,
): void {
  // Bodies are typed by the resource's own type parameters; the schemas check them all the same.
  const plain: FastifyInstance = app.withTypeProvider<FastifyTypeProviderDefault>()
  readRoutes(plain, deps, resource)
  writeRoutes(plain, deps, resource)
  archiveRoutes(plain, deps, resource)
}

function readRoutes<Item extends Owned & Fields, Fields>(
  app: FastifyInstance,
  deps: ApiDeps,
  resource: OwnedResource<Item, Fields>,
): void {
  const { path, what } = resource
  const { db } = deps.store
  app.get(`/api/v1/${path}`, {
    schema: {
      tags: [path],
      summary: `List: ${path}`,
      querystring: resource.listQuery ?? ownedPageQuery,
      response: { 200: pageOf(resource.itemSchema) },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const page = await resource.list(db, caller.workspace, request.query as OwnedPageRequest) // checked by its schema
      return { items: await resource.toViews(db, page.items, caller), nextCursor: page.nextCursor }
    },
  })
  app.get(`/api/v1/${path}/:id`, {
    schema: {
      tags: [path],
      summary: `One ${what}`,
      params: idParams,
      response: { 200: resource.itemSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { id } = idParams.parse(request.params)
      const item = await resource.get(db, { workspace: caller.workspace, id })
      if (item === undefined) throw notFound(what, id)
      return (await resource.toViews(db, [item], caller))[0]
    },
  })
}

function writeRoutes<Item extends Owned & Fields, Fields>(
  app: FastifyInstance,
  deps: ApiDeps,
  resource: OwnedResource<Item, Fields>,
): void {
  const { path, what, itemSchema } = resource
  const inWork = workOf(deps, resource)
  const settable = settableFields(resource.updateBody)
  app.post(`/api/v1/${path}`, {
    schema: {
      tags: [path],
      summary: `Create: ${what}`,
      body: resource.createBody,
      response: { 201: itemSchema },
    },
    handler: async (request, reply) => {
      const fields = request.body as Fields // checked by createBody
      return await reply.code(201).send(await inWork(request, (work) => create(work, fields)))
    },
  })
  app.patch(`/api/v1/${path}/:id`, {
    schema: {
      tags: [path],
      summary: `Change the given fields: ${what}`,
      params: idParams,
      body: resource.updateBody,
      response: { 200: itemSchema },
    },
    handler: async (request) => {
      const { id } = idParams.parse(request.params)
      const body = request.body as Partial<Fields> // checked by updateBody
      return await inWork(request, (work) => update(work, id, { body, settable }))
    },
  })
}

function archiveRoutes<Item extends Owned & Fields, Fields>(
  app: FastifyInstance,
  deps: ApiDeps,
  resource: OwnedResource<Item, Fields>,
): void {
  const { path, what, itemSchema } = resource
  const inWork = workOf(deps, resource)
  app.delete(`/api/v1/${path}/:id`, {
    schema: {
      tags: [path],
      summary: `Archive: ${what}; reports keep it`,
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const { id } = idParams.parse(request.params)
      await inWork(request, (work) => archive(work, id))
      return await reply.code(204).send()
    },
  })
  app.post(`/api/v1/${path}/:id/restore`, {
    schema: {
      tags: [path],
      summary: `Take into use again what was archived: ${what}`,
      params: idParams,
      response: { 200: itemSchema },
    },
    handler: async (request) => {
      const { id } = idParams.parse(request.params)
      return await inWork(request, (work) => restore(work, id))
    },
  })
}

/** The change, its checks and its audit entry are one transaction. */
function workOf<Item extends Owned & Fields, Fields>(deps: ApiDeps, resource: OwnedResource<Item, Fields>) {
  const { db, engine } = deps.store
  return <T>(request: FastifyRequest, run: (work: Work<Item, Fields>) => Promise<T>) =>
    inTransaction(db, (trx) =>
      run({ db: trx, engine, resource, caller: callerOf(request), now: deps.clock() }),
    )
}

type Work<Item extends Owned, Fields> = {
  readonly db: Db
  readonly engine: SqlEngine
  readonly resource: OwnedResource<Item, Fields>
  readonly caller: Caller
  readonly now: number
}

async function create<Item extends Owned & Fields, Fields>(work: Work<Item, Fields>, body: Fields) {
  const { db, resource, caller, now } = work
  const fields = (await resource.complete?.(db, caller.workspace, body)) ?? body
  await lockAndCheck(work, fields)
  const item = await resource.create(db, caller.workspace, fields, now)
  await audit(work, 'create', item.id, {})
  return await toView(work, item)
}

async function update<Item extends Owned & Fields, Fields>(
  work: Work<Item, Fields>,
  id: string,
  { body, settable }: { readonly body: Partial<Fields>; readonly settable: readonly string[] },
) {
  const { db, resource, caller, now } = work
  const key = { workspace: caller.workspace, id }
  await lockItself(work, id)
  const current = await resource.get(db, key)
  if (current === undefined) throw notFound(resource.what, id)
  const before = await toView(work, current)
  const changes = resource.merge?.(current, body) ?? body
  await lockAndCheck(work, { ...current, ...changes }, id)
  const item = await resource.update(db, key, changes, now)
  if (item === undefined) throw notFound(resource.what, id)
  const after = await toView(work, item)
  const { secretFields: secret } = resource
  const given = Object.keys(body)
  await audit(work, 'update', id, { ...auditedChanges({ settable, secret, given, before, after }) })
  return after
}

/** Before it is read, and before any other lock: what is read and checked of it then stays so. */
async function lockItself<Item extends Owned & Fields, Fields>(
  { db, engine, resource }: Work<Item, Fields>,
  id: string,
): Promise<void> {
  await lockKeys(db, engine, [`${resource.what}:${id}`])
}

async function lockAndCheck<Item extends Owned & Fields, Fields>(
  { db, engine, resource, caller }: Work<Item, Fields>,
  fields: Fields,
  id?: string,
): Promise<void> {
  await lockKeys(db, engine, resource.locks?.(fields) ?? [])
  await resource.check?.(db, caller.workspace, fields, id)
}

async function archive<Item extends Owned & Fields, Fields>(work: Work<Item, Fields>, id: string) {
  const { db, resource, caller, now } = work
  const key = { workspace: caller.workspace, id }
  await lockItself(work, id)
  await resource.checkArchive?.(db, key)
  const archived = await resource.archive(db, key, now)
  if (!archived) throw notFound(resource.what, id)
  await audit(work, 'archive', id, {})
}

/** What was saved when it was in use may not fit any more: its slug is taken, what it names is archived. */
async function restore<Item extends Owned & Fields, Fields>(work: Work<Item, Fields>, id: string) {
  const { db, resource, caller, now } = work
  const key = { workspace: caller.workspace, id }
  await lockItself(work, id)
  const archived = await resource.get(db, key)
  if (archived === undefined) throw notFound(resource.what, id)
  if (archived.archivedAt === null) return await toView(work, archived)
  await lockAndCheck(work, archived, id)
  if (await resource.restore(db, key, now)) await audit(work, 'restore', id, {})
  const restored = await resource.get(db, key)
  if (restored === undefined) throw notFound(resource.what, id)
  return await toView(work, restored)
}

async function toView<Item extends Owned & Fields, Fields>(
  { db, resource, caller }: Work<Item, Fields>,
  item: Item,
): Promise<object> {
  const [view] = await resource.toViews(db, [item], caller)
  assert(view !== undefined, 'one thing has one view')
  return view
}

async function audit<Item extends Owned & Fields, Fields>(
  { db, resource, caller, now }: Work<Item, Fields>,
  deed: string,
  id: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  const action = `${resource.what.replaceAll(' ', '_')}.${deed}`
  const subject = { subjectType: resource.what, subjectId: id }
  await appendAudit(db, {
    workspace: caller.workspace,
    at: now,
    actor: caller.actor,
    action,
    ...subject,
    detail,
  })
}
