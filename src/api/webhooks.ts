import { isLoop } from '../domain/notification.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
  type StoredTarget,
} from '../store/notification-targets.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { getWebhook, webhooksOf } from '../store/webhooks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { settableFields } from './audited-changes.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { OWN_TARGET, PLAIN_CALLS } from './notification-target-fields.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { idParams } from './page.ts'
import { invalidFields, notFound, Problem } from './problem.ts'
import { lockTarget, rotatedSchema, rotateSecret, rotationBody } from './rotate-secret.ts'
import { newSigningSecret } from './signing-secret.ts'
import { auditOf, changeTarget, deleteTargetRoute, givenFields, type TargetKind } from './target-changes.ts'
import { withSealedSecrets } from './target-secrets.ts'
import {
  newWebhookSchema,
  toWebhookView,
  toWebhookViews,
  webhookCreateBody,
  webhookFields,
  webhookListSchema,
  webhookSchema,
  webhookUpdateBody,
} from './webhook-fields.ts'
import { webhookTestRoute } from './webhook-test.ts'

const WHAT = 'webhook'
const TAGS = ['webhooks']
const PATH = '/api/v1/webhooks'
const KIND: TargetKind = {
  what: WHAT,
  tags: TAGS,
  path: PATH,
  find,
  settable: settableFields(webhookUpdateBody),
}
const audit = auditOf(WHAT)
/** Of one workspace: every event is written once for each of them. */
const WEBHOOKS_MAX = 20

/** What every webhook has: a call by POST with JSON, for every event that it listens to. */
const WEBHOOK: Omit<NotificationTargetFields, 'url' | 'events' | 'status'> = {
  ...PLAIN_CALLS,
  ...OWN_TARGET,
  ownerType: 'workspace',
  ownerId: '',
  type: 'postback',
  method: 'POST',
  bodyTemplate: '',
  contentType: 'application/json',
  statuses: [],
  onlyFirst: false,
  onlyWithPayout: false,
  delaySeconds: 0,
  percent: 100,
}

/** Signed calls to systems outside on what happens in the workspace. Their calls are in the log of deliveries. */
export function webhookRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  createRoute(app, deps)
  updateRoute(app, deps)
  deleteTargetRoute(app, deps, KIND)
  rotateRoute(app, deps)
  webhookTestRoute(app, deps, { find, checkUrl })
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: { tags: TAGS, summary: 'List: webhooks, oldest first', response: { 200: webhookListSchema } },
    handler: async (request) => ({
      items: await toWebhookViews(viewing(deps), await webhooksOf(db, workspaceOf(request))),
    }),
  })
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: `One ${WHAT}`, params: idParams, response: { 200: webhookSchema } },
    handler: async (request) =>
      await toWebhookView(viewing(deps), await find(db, callerOf(request), request.params.id)),
  })
}

function createRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create: webhook; its secret is shown this once',
      body: webhookCreateBody,
      response: { 201: newWebhookSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const secret = request.body.secret ?? newSigningSecret()
      const created = await inTransaction(deps.store.db, async (db) => {
        if ((await webhooksOf(db, caller.workspace)).length >= WEBHOOKS_MAX) {
          throw new Problem(409, 'too_many', `A workspace has at most ${WEBHOOKS_MAX} webhooks.`)
        }
        await checkUrl(deps, db, request.body.url)
        const now = deps.clock()
        const fields = { ...WEBHOOK, ...withSealedSecrets(deps.vault, { ...request.body, secret }) }
        const webhook = await createNotificationTarget(db, caller.workspace, fields, now)
        await audit(db, caller, { now, deed: 'create', id: webhook.id })
        return await toWebhookView({ db, vault: deps.vault, now }, webhook)
      })
      return await reply.code(201).send({ ...created, secret })
    },
  })
}

function updateRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: `Change the given fields: ${WHAT}`,
      params: idParams,
      body: webhookUpdateBody,
      response: { 200: webhookSchema },
    },
    handler: async (request) => {
      const changes = givenFields(withSealedSecrets(deps.vault, request.body))
      const key = { caller: callerOf(request), id: request.params.id }
      return await changeTarget(deps, KIND, key, {
        given: Object.keys(request.body),
        decide: async (db) => {
          if (changes.url !== undefined) await checkUrl(deps, db, changes.url)
          return changes
        },
        toView: toWebhookView,
      })
    },
  })
}

function rotateRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/rotate-secret`, {
    schema: {
      tags: TAGS,
      summary: `Give a ${WHAT} a new secret, shown this once; the one before signs too for a while`,
      params: idParams,
      body: rotationBody(webhookFields.secret),
      response: { 200: rotatedSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request)
      const { id } = request.params
      const { vault, store } = deps
      return await inTransaction(store.db, async (db) => {
        await lockTarget(db, store.engine, id)
        const webhook = await find(db, caller, id)
        const now = deps.clock()
        const rotated = await rotateSecret({ db, vault, now }, webhook, request.body)
        await audit(db, caller, { now, deed: 'rotate_secret', id })
        return rotated
      })
    },
  })
}

function viewing({ store, vault, clock }: ApiDeps): TargetViewing {
  return { db: store.db, vault, now: clock() }
}

async function find(db: Db, { workspace }: Caller, id: string): Promise<StoredTarget> {
  const webhook = await getWebhook(db, { workspace, id })
  if (webhook === undefined) throw notFound(WHAT, id)
  return webhook
}

/** A webhook of our own would be told of what it causes itself. Private addresses are the delivery guard's part. */
async function checkUrl({ ownHosts }: ApiDeps, db: Db, url: NotificationTarget['url']): Promise<void> {
  const domains = await db.selectFrom('domains').select('name').execute()
  if (!isLoop(url, [...ownHosts, ...domains.map(({ name }) => name)])) return
  throw invalidFields([{ field: 'url', message: 'points at this installation itself' }])
}
