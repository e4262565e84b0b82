import { z } from 'zod'
import { deleteNotificationTarget } from '../store/notification-targets.ts'
import { getTargetOfAffiliate, listTargetsOfAffiliate } from '../store/portal-targets.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { targetFields } from './notification-target-fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import {
  NEW_POSTBACK,
  postbackCreateBody,
  postbackSchema,
  postbackUpdateBody,
  toPostbackView,
  toPostbackViews,
} from './portal-postback-fields.ts'
import {
  auditPostback,
  changePostback,
  createPostback,
  findPostback,
  inPostbackWork,
  setGlobalPostback,
} from './portal-save-postback.ts'
import { notFound } from './problem.ts'
import { rotatedSchema, rotateSecret, rotationBody } from './rotate-secret.ts'

const TAGS = ['portal']
const PATH = '/api/v1/portal/postbacks'
const WHAT = 'postback'

/** An affiliate's postbacks and pixels: for all offers, or for one, or for some events. */
export function portalPostbackRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  createRoutes(app, deps)
  changeRoutes(app, deps)
  rotateRoute(app, deps)
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Your postbacks and pixels',
      querystring: pageQuery.extend({
        offerId: z.string().max(64).optional().describe("Of one offer; '' for those of all offers"),
      }),
      response: { 200: pageOf(postbackSchema) },
    },
    handler: async (request) => {
      const user = await portalUser(db, request)
      const { offerId, ...page } = request.query
      const { items, nextCursor } = await listTargetsOfAffiliate(db, user, { offerId, page })
      return { items: await toPostbackViews({ db, vault: deps.vault, now: deps.clock() }, items), nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One postback or pixel',
      params: idParams,
      response: { 200: postbackSchema },
    },
    handler: async (request) => {
      const user = await portalUser(db, request)
      const target = await getTargetOfAffiliate(db, user, request.params.id)
      if (target === undefined) throw notFound(WHAT, request.params.id)
      return await toPostbackView({ db, vault: deps.vault, now: deps.clock() }, target)
    },
  })
}

function createRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Create a postback or pixel; it may wait for approval',
      body: postbackCreateBody,
      response: { 201: postbackSchema },
    },
    handler: async (request, reply) => {
      const created = await inPostbackWork(deps, request, async (work) =>
        toPostbackView(work, await createPostback(work, request.body)),
      )
      return await reply.code(201).send(created)
    },
  })
  app.post('/api/v1/portal/global-postback', {
    schema: {
      tags: TAGS,
      summary: 'Set the Global Postback: one URL that hears of the conversions of all offers',
      body: z.strictObject({ url: postbackCreateBody.shape.url }),
      response: { 200: postbackSchema },
    },
    handler: async (request) => {
      const { url } = request.body
      return await inPostbackWork(deps, request, async (work) =>
        toPostbackView(work, await setGlobalPostback(work, url, NEW_POSTBACK)),
      )
    },
  })
}

function changeRoutes(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Change the given fields; another URL or code may wait for approval again',
      params: idParams,
      body: postbackUpdateBody,
      response: { 200: postbackSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      return await inPostbackWork(deps, request, async (work) => {
        const current = await findPostback(work, id)
        return await toPostbackView(work, await changePostback(work, current, request.body))
      })
    },
  })
  app.delete(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Delete a postback or pixel; what waits for it is cancelled, its log stays',
      params: idParams,
      response: { 204: z.undefined() },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      await inPostbackWork(deps, request, async (work) => {
        const { db, user, now } = work
        await findPostback(work, id)
        await deleteNotificationTarget(db, { workspace: user.workspace, id }, now)
        await auditPostback(work, 'delete', id)
      })
      return await reply.code(204).send()
    },
  })
}

function rotateRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/rotate-secret`, {
    schema: {
      tags: TAGS,
      summary: 'Give a postback a new secret, shown this once; the one before signs too for a while',
      params: idParams,
      body: rotationBody(targetFields.secret),
      response: { 200: rotatedSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      return await inPostbackWork(deps, request, async (work) => {
        const rotated = await rotateSecret(work, await findPostback(work, id), request.body)
        await auditPostback(work, 'rotate_secret', id)
        return rotated
      })
    },
  })
}
