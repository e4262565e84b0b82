import assert from 'node:assert/strict'
import type { z } from 'zod'
import { NO_SECRETS } from '../domain/target-secrets.ts'
import { alertChannelsOf, getAlertChannel } from '../store/alert-channels.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
  type StoredTarget,
} from '../store/notification-targets.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import { checkChannel } from './alert-channel-checks.ts'
import {
  channelCreateBody,
  channelListSchema,
  channelSchema,
  channelUpdateBody,
  newChannelSchema,
  toChannelViews,
} from './alert-channel-fields.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { settableFields } from './audited-changes.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { checkMove } from './moved-target.ts'
import { OWN_TARGET, PLAIN_CALLS } from './notification-target-fields.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { idParams } from './page.ts'
import { notFound, Problem } from './problem.ts'
import { newSigningSecret } from './signing-secret.ts'
import { auditOf, changeTarget, deleteTargetRoute, givenFields, type TargetKind } from './target-changes.ts'
import { mergeSecrets, openSecrets, splitSecrets } from './target-secrets.ts'

const WHAT = 'alert channel'
const TAGS = ['alerts']
const PATH = '/api/v1/alert-channels'
const KIND: TargetKind = {
  what: WHAT,
  tags: TAGS,
  path: PATH,
  find: findChannel,
  settable: settableFields(channelUpdateBody),
}
const audit = auditOf(WHAT)
/** Of one workspace: every alert is written once for each of them. */
const CHANNELS_MAX = 20

/** What every channel has; how its messages look is its system's to say. */
const CHANNEL: Omit<NotificationTargetFields, 'url' | 'system' | 'settings' | 'sealedSecrets' | 'status'> = {
  ...PLAIN_CALLS,
  ...OWN_TARGET,
  ownerType: 'alerts',
  ownerId: '',
  type: 'postback',
  method: 'POST',
  bodyTemplate: '',
  contentType: '',
  events: [],
  statuses: [],
  onlyFirst: false,
  onlyWithPayout: false,
  delaySeconds: 0,
  percent: 100,
}

/** Where a workspace is told of its alerts. */
export function alertChannelRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  createRoute(app, deps)
  updateRoute(app, deps)
  deleteTargetRoute(app, deps, KIND)
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: alert channels, oldest first',
      response: { 200: channelListSchema },
    },
    handler: async (request) => {
      const channels = await alertChannelsOf(db, workspaceOf(request))
      return { items: await toChannelViews(viewing(deps, db), channels), hasMail: deps.hasMail }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: `One ${WHAT}`, params: idParams, response: { 200: channelSchema } },
    handler: async (request) =>
      await toView(viewing(deps, db), await findChannel(db, callerOf(request), request.params.id)),
  })
}

function createRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: `Create: ${WHAT}; a webhook's secret is shown this once`,
      body: channelCreateBody,
      response: { 201: newChannelSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { given, fields } = splitSecrets(request.body)
      const secret = fields.system === 'webhook' ? (given.secret ?? newSigningSecret()) : given.secret
      const changes = { ...given, secret }
      const secrets = mergeSecrets(NO_SECRETS, changes)
      const created = await inTransaction(deps.store.db, async (db) => {
        if ((await alertChannelsOf(db, caller.workspace)).length >= CHANNELS_MAX) {
          throw new Problem(409, 'too_many', `A workspace has at most ${CHANNELS_MAX} alert channels.`)
        }
        await checkChannel(deps, db, fields, { secrets, given: changes })
        const now = deps.clock()
        const whole = { ...CHANNEL, ...fields, sealedSecrets: deps.vault.seal(secrets) }
        const channel = await createNotificationTarget(db, caller.workspace, whole, now)
        await audit(db, caller, { now, deed: 'create', id: channel.id })
        return await toView({ db, vault: deps.vault, now }, channel)
      })
      return await reply.code(201).send({ ...created, secret: secret ?? '' })
    },
  })
}

function updateRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: `Change the given fields: ${WHAT}`,
      params: idParams,
      body: channelUpdateBody,
      response: { 200: channelSchema },
    },
    handler: async (request) => {
      const { given, fields } = splitSecrets(request.body)
      const key = { caller: callerOf(request), id: request.params.id }
      return await changeTarget(deps, KIND, key, {
        given: Object.keys(request.body),
        decide: async (db, current) => {
          const kept = openSecrets(deps.vault, current.sealedSecrets) ?? NO_SECRETS
          checkMove(current, { ...current, url: fields.url ?? current.url }, { kept, given })
          const secrets = mergeSecrets(kept, given)
          const changes = { ...givenFields(fields), sealedSecrets: deps.vault.seal(secrets) }
          await checkChannel(deps, db, { ...current, ...changes }, { secrets, given })
          return changes
        },
        toView,
      })
    },
  })
}

function viewing({ vault, clock }: ApiDeps, db: Db): TargetViewing {
  return { db, vault, now: clock() }
}

async function toView(of: TargetViewing, channel: StoredTarget): Promise<z.input<typeof channelSchema>> {
  const [view] = await toChannelViews(of, [channel])
  assert(view !== undefined, 'one channel has one view')
  return view
}

/** @throws Problem 404 for a target that is none of the workspace's channels. */
export async function findChannel(db: Db, { workspace }: Caller, id: string): Promise<StoredTarget> {
  const channel = await getAlertChannel(db, { workspace, id })
  if (channel === undefined) throw notFound(WHAT, id)
  return channel
}
