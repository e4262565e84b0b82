import type { z } from 'zod'
import { NO_SECRETS } from '../domain/target-secrets.ts'
import { getCampaign } from '../store/campaigns.ts'
import {
  createNotificationTarget,
  getNotificationTarget,
  listNotificationTargets,
  type NotificationTargetFields,
  type StoredTarget,
} from '../store/notification-targets.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { Vault } from '../store/vault.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { settableFields } from './audited-changes.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { checkMove } from './moved-target.ts'
import { checkOwnTarget } from './notification-target-checks.ts'
import { OWN_TARGET, targetCreateBody, targetSchema, targetUpdateBody } from './notification-target-fields.ts'
import { toTargetView, toTargetViews } from './notification-target-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound, type Problem } from './problem.ts'
import { auditOf, changeTarget, deleteTargetRoute, type TargetKind } from './target-changes.ts'
import {
  givesSecrets,
  mergeSecrets,
  openSecrets,
  type SecretChanges,
  splitSecrets,
} from './target-secrets.ts'

const WHAT = 'notification target'
const TAGS = ['notification-targets']
const PATH = '/api/v1/notification-targets'
const KIND: TargetKind = {
  what: WHAT,
  tags: TAGS,
  path: PATH,
  settable: settableFields(targetUpdateBody),
  find: async (db, { workspace }, id) => await findTarget(db, workspace, id),
}
const OWNERS = [
  { path: 'traffic-sources', ownerType: 'traffic_source', what: 'traffic source', find: getTrafficSource },
  { path: 'campaigns', ownerType: 'campaign', what: 'campaign', find: getCampaign },
] as const

/** Of a deed with a target of a source, a campaign or an affiliate. */
export const auditTarget = auditOf(WHAT)

/** URLs that somebody wants called on conversions; made on the traffic source or campaign that they belong to. */
export function notificationTargetRoutes(app: ApiApp, deps: ApiDeps): void {
  for (const owner of OWNERS) createRoute(app, deps, owner)
  readRoutes(app, deps)
  updateRoute(app, deps)
  deleteTargetRoute(app, deps, KIND)
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
  app.get(PATH, {
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
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: `One ${WHAT}`, params: idParams, response: { 200: targetSchema } },
    handler: async (request) => {
      const { id } = request.params
      const target = await findTarget(db, workspaceOf(request), id)
      return await toTargetView({ db, vault: deps.vault, now: deps.clock() }, target)
    },
  })
}

function updateRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: `Change the given fields: ${WHAT}; of an affiliate's, the status alone`,
      params: idParams,
      body: targetUpdateBody,
      response: { 200: targetSchema },
    },
    handler: async (request) => {
      const key = { caller: callerOf(request), id: request.params.id }
      return await changeTarget(deps, KIND, key, {
        given: Object.keys(request.body),
        decide: (_db, current) => decideChanges(deps.vault, current, request.body),
        toView: toTargetView,
      })
    },
  })
}

type TargetBody = z.output<typeof targetUpdateBody>

/** @throws Problem 422, also when anything but the status of an affiliate's is to be changed. */
function decideChanges(
  vault: Vault,
  current: StoredTarget,
  body: TargetBody,
): Partial<NotificationTargetFields> {
  const isSwitched = Object.keys(body).every((field) => field === 'status')
  if (current.ownerType === 'affiliate' && !isSwitched) throw notTheirs(Object.keys(body))
  const changes = isSwitched ? body : decideCalls(vault, current, body)
  return changes as Partial<NotificationTargetFields> // checked by targetUpdateBody
}

/**
 * With another system the settings and credentials of the old one go.
 * @throws Problem 422, also when secrets would be sent elsewhere (checkMove).
 */
function decideCalls(
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
