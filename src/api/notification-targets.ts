import { z } from 'zod'
import { appendAudit } from '../store/audit-log.ts'
import { getCampaign } from '../store/campaigns.ts'
import {
  createNotificationTarget,
  deleteNotificationTarget,
  getNotificationTarget,
  listNotificationTargets,
  type NotificationTargetFields,
  type StoredTarget,
  updateNotificationTarget,
} from '../store/notification-targets.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import {
  checkTarget,
  OWN_TARGET,
  targetCreateBody,
  targetSchema,
  targetUpdateBody,
  toTargetView,
} from './notification-target-fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound } from './problem.ts'
import { withSealedSecret } from './target-secrets.ts'

const WHAT = 'notification target'
const TAGS = ['notification-targets']
const OWNERS = [
  { path: 'traffic-sources', ownerType: 'traffic_source', what: 'traffic source', find: getTrafficSource },
  { path: 'campaigns', ownerType: 'campaign', what: 'campaign', find: getCampaign },
] as const

/** URLs that somebody wants called on conversions; made on the traffic source or campaign that they belong to. */
export function notificationTargetRoutes(app: ApiApp, deps: ApiDeps): void {
  for (const owner of OWNERS) createRoute(app, deps, owner)
  readRoutes(app, deps)
  changeRoutes(app, deps)
}

function createRoute(app: ApiApp, deps: ApiDeps, owner: (typeof OWNERS)[number]): void {
  app.post(`/api/v1/${owner.path}/:id/notification-targets`, {
    schema: {
      tags: TAGS,
      summary: `Create a notification target of a ${owner.what}`,
      params: idParams,
      body: targetCreateBody,
      response: { 201: targetSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      const now = deps.clock()
      const given = { ...OWN_TARGET, ...withSealedSecret(deps.vault, request.body) }
      checkTarget(given)
      const target = await inTransaction(deps.store.db, async (db) => {
        const found = await owner.find(db, { workspace: caller.workspace, id })
        if (found === undefined) throw notFound(owner.what, id)
        const fields = { ...given, ownerType: owner.ownerType, ownerId: id }
        const created = await createNotificationTarget(db, caller.workspace, fields, now)
        await audit(db, caller, { now, deed: 'create', id: created.id })
        return created
      })
      return await reply.code(201).send(toTargetView(target))
    },
  })
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/notification-targets', {
    schema: {
      tags: TAGS,
      summary: 'List: notification-targets',
      querystring: pageQuery,
      response: { 200: pageOf(targetSchema) },
    },
    handler: async (request) => {
      const page = await listNotificationTargets(db, workspaceOf(request), request.query)
      return { items: page.items.map(toTargetView), nextCursor: page.nextCursor }
    },
  })
  app.get('/api/v1/notification-targets/:id', {
    schema: { tags: TAGS, summary: `One ${WHAT}`, params: idParams, response: { 200: targetSchema } },
    handler: async (request) => {
      const { id } = request.params
      return toTargetView(await find(db, workspaceOf(request), id))
    },
  })
}

function changeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.patch('/api/v1/notification-targets/:id', {
    schema: {
      tags: TAGS,
      summary: `Change the given fields: ${WHAT}; of an affiliate's, the status alone`,
      params: idParams,
      body: targetUpdateBody,
      response: { 200: targetSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { id } = request.params
      const sealed = withSealedSecret(deps.vault, request.body)
      const changes = sealed as Partial<NotificationTargetFields> // checked by targetUpdateBody
      return await inTransaction(deps.store.db, (db) =>
        update(db, caller, { id, changes, now: deps.clock() }),
      )
    },
  })
  app.delete('/api/v1/notification-targets/:id', {
    schema: {
      tags: TAGS,
      summary: `Delete: ${WHAT}; its deliveries stay`,
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      await inTransaction(deps.store.db, async (db) => {
        await find(db, caller.workspace, id)
        await deleteNotificationTarget(db, { workspace: caller.workspace, id })
        await audit(db, caller, { now: deps.clock(), deed: 'delete', id })
      })
      return await reply.code(204).send()
    },
  })
}

type Change = {
  readonly id: string
  readonly changes: Partial<NotificationTargetFields>
  readonly now: number
}

async function update(db: Db, caller: Caller, { id, changes, now }: Change) {
  const key = { workspace: caller.workspace, id }
  const current = await find(db, caller.workspace, id)
  if (current.ownerType === 'affiliate') refuseRewriting(changes)
  checkTarget({ ...current, ...changes })
  const changed = await updateNotificationTarget(db, key, changes, now)
  if (changed === undefined) throw notFound(WHAT, id)
  await audit(db, caller, { now, deed: 'update', id })
  return toTargetView(changed)
}

/** Webhooks and channels of alerts, which have routes of their own. */
const OTHER_OWNERS: ReadonlySet<StoredTarget['ownerType']> = new Set(['workspace', 'alerts'])

async function find(db: Db, workspace: string, id: string): Promise<StoredTarget> {
  const target = await getNotificationTarget(db, { workspace, id })
  if (target === undefined || OTHER_OWNERS.has(target.ownerType)) throw notFound(WHAT, id)
  return target
}

/** What an affiliate is told, and by which call, is for it to say. */
function refuseRewriting(changes: Partial<NotificationTargetFields>): void {
  const fields = Object.keys(changes).filter((field) => field !== 'status')
  const message = 'is for the affiliate to change: its targets can only be switched by status, or deleted'
  if (fields.length > 0) throw invalidFields(fields.map((field) => ({ field, message })))
}

async function audit(
  db: Db,
  { workspace, actor }: Caller,
  { now, deed, id }: { readonly now: number; readonly deed: string; readonly id: string },
): Promise<void> {
  const action = `notification_target.${deed}`
  await appendAudit(db, { workspace, at: now, actor, action, subjectType: WHAT, subjectId: id, detail: {} })
}
