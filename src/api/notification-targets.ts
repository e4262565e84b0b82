import { z } from 'zod'
import { NO_SECRETS } from '../domain/target-secrets.ts'
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
import type { Vault } from '../store/vault.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { checkMove } from './moved-target.ts'
import { checkOwnTarget } from './notification-target-checks.ts'
import { OWN_TARGET, targetCreateBody, targetSchema, targetUpdateBody } from './notification-target-fields.ts'
import { type TargetViewing, toTargetView, toTargetViews } from './notification-target-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound, type Problem } from './problem.ts'
import { lockTarget } from './rotate-secret.ts'
import {
  givesSecrets,
  mergeSecrets,
  openSecrets,
  type SecretChanges,
  splitSecrets,
} from './target-secrets.ts'

const TARGET_WHAT = 'notification target'
const WHAT = TARGET_WHAT
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
      const { given, fields } = splitSecrets(request.body)
      const secrets = mergeSecrets(NO_SECRETS, given)
      checkOwnTarget(fields, { secrets, given })
      const sealedSecrets = deps.vault.seal(secrets)
      const view = await inTransaction(deps.store.db, async (db) => {
        const found = await owner.find(db, { workspace: caller.workspace, id })
        if (found === undefined) throw notFound(owner.what, id)
        const target = { ...OWN_TARGET, ...fields, sealedSecrets, ownerType: owner.ownerType, ownerId: id }
        const created = await createNotificationTarget(db, caller.workspace, target, now)
        await auditTarget(db, caller, { now, deed: 'create', id: created.id })
        return await toTargetView({ db, vault: deps.vault, now }, created)
      })
      return await reply.code(201).send(view)
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
      const viewing = { db, vault: deps.vault, now: deps.clock() }
      return { items: await toTargetViews(viewing, page.items), nextCursor: page.nextCursor }
    },
  })
  app.get('/api/v1/notification-targets/:id', {
    schema: { tags: TAGS, summary: `One ${WHAT}`, params: idParams, response: { 200: targetSchema } },
    handler: async (request) => {
      const { id } = request.params
      const target = await findTarget(db, workspaceOf(request), id)
      return await toTargetView({ db, vault: deps.vault, now: deps.clock() }, target)
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
      const { view, isResumed } = await inTransaction(deps.store.db, async (db) => {
        await lockTarget(db, deps.store.engine, id)
        return await update({ db, vault: deps.vault, now: deps.clock() }, caller, { id, body: request.body })
      })
      if (isResumed) deps.wakeDelivery()
      return view
    },
  })
  app.delete('/api/v1/notification-targets/:id', {
    schema: {
      tags: TAGS,
      summary: `Delete: ${WHAT}; what waits for it is cancelled, its log stays`,
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      await inTransaction(deps.store.db, async (db) => {
        const now = deps.clock()
        await findTarget(db, caller.workspace, id)
        await deleteNotificationTarget(db, { workspace: caller.workspace, id }, now)
        await auditTarget(db, caller, { now, deed: 'delete', id })
      })
      return await reply.code(204).send()
    },
  })
}

type TargetBody = z.output<typeof targetUpdateBody>

async function update(
  viewing: TargetViewing,
  caller: Caller,
  { id, body }: { readonly id: string; readonly body: TargetBody },
) {
  const { db, now } = viewing
  const current = await findTarget(db, caller.workspace, id)
  const isSwitched = Object.keys(body).every((field) => field === 'status')
  if (current.ownerType === 'affiliate' && !isSwitched) throw notTheirs(Object.keys(body))
  const changes = isSwitched ? body : decideChanges(viewing.vault, current, body)
  const key = { workspace: caller.workspace, id }
  const changed = await updateNotificationTarget(db, key, changes as Partial<NotificationTargetFields>, now) // checked by targetUpdateBody
  if (changed === undefined) throw notFound(WHAT, id)
  await auditTarget(db, caller, { now, deed: 'update', id })
  const isResumed = current.status !== 'active' && changed.status === 'active'
  return { view: await toTargetView(viewing, changed), isResumed }
}

/**
 * With another system the settings and credentials of the old one go.
 * @throws Problem 422, also when secrets would be sent elsewhere (checkMove).
 */
function decideChanges(
  vault: Vault,
  current: StoredTarget,
  body: TargetBody,
): Omit<TargetBody, keyof SecretChanges> & { readonly sealedSecrets?: string } {
  const { given, fields } = splitSecrets(body)
  const isOther = fields.system !== undefined && fields.system !== current.system
  const opened = openSecrets(vault, current.sealedSecrets) ?? NO_SECRETS
  const kept = isOther ? { ...opened, system: {} } : opened
  checkMove(
    current,
    { url: fields.url ?? current.url, system: fields.system ?? current.system },
    { kept, given },
  )
  const secrets = mergeSecrets(kept, given)
  const changes = isOther ? { settings: {}, ...fields } : fields
  checkOwnTarget({ ...current, ...(changes as Partial<NotificationTargetFields>) }, { secrets, given })
  return isOther || givesSecrets(given) ? { ...changes, sealedSecrets: vault.seal(secrets) } : changes
}

/** Webhooks and channels of alerts, which have routes of their own. */
const OTHER_OWNERS: ReadonlySet<StoredTarget['ownerType']> = new Set(['workspace', 'alerts'])

/** @throws Problem 404 also for webhooks and channels of alerts. */
export async function findTarget(db: Db, workspace: string, id: string): Promise<StoredTarget> {
  const target = await getNotificationTarget(db, { workspace, id })
  if (target === undefined || OTHER_OWNERS.has(target.ownerType)) throw notFound(WHAT, id)
  return target
}

/** What an affiliate is told, and by which call, is for it to say. */
export function notTheirs(fields: readonly string[]): Problem {
  const message = 'is for the affiliate to change: its targets can only be switched by status, or deleted'
  return invalidFields(fields.filter((field) => field !== 'status').map((field) => ({ field, message })))
}

export async function auditTarget(
  db: Db,
  { workspace, actor }: Caller,
  { now, deed, id }: { readonly now: number; readonly deed: string; readonly id: string },
): Promise<void> {
  const action = `notification_target.${deed}`
  await appendAudit(db, { workspace, at: now, actor, action, subjectType: WHAT, subjectId: id, detail: {} })
}
