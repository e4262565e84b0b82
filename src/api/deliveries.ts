import { z } from 'zod'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getWithAttempts, listDeliveries, replay } from '../store/deliveries.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import {
  deliverySchema,
  deliveryWithAttemptsSchema,
  toDeliveryView,
  toDeliveryWithAttempts,
} from './delivery-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['deliveries']
const PATH = '/api/v1/deliveries'

const listQuery = pageQuery.extend({
  state: z.enum(DELIVERY_STATES).optional(),
  targetId: z.string().max(64).optional(),
  clickId: z.string().max(100).optional(),
  conversionId: z.string().max(64).optional(),
})

/** Outgoing calls, sent, waiting, dead and skipped. */
export function deliveryRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: deliveries',
      querystring: listQuery,
      response: { 200: pageOf(deliverySchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await listDeliveries(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toDeliveryView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One delivery with its attempts',
      params: idParams,
      response: { 200: deliveryWithAttemptsSchema },
    },
    handler: async (request) =>
      toDeliveryWithAttempts(await find(db, workspaceOf(request), request.params.id)),
  })
  replayRoute(app, deps)
}

function replayRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/replay`, {
    schema: {
      tags: TAGS,
      summary: 'Send again, under the same id, with a fresh retry schedule',
      params: idParams,
      response: { 200: deliveryWithAttemptsSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const replayed = await inTransaction(deps.store.db, async (db) => {
        await find(db, workspace, id)
        const now = deps.clock()
        if ((await replay(db, id, now)) === undefined) {
          const detail = 'It was skipped by a rule and never due: change the target instead.'
          throw new Problem(409, 'not_replayable', detail)
        }
        const subject = { subjectType: 'delivery', subjectId: id }
        await appendAudit(db, {
          workspace,
          at: now,
          actor,
          action: 'delivery.replay',
          ...subject,
          detail: {},
        })
        return toDeliveryWithAttempts(await find(db, workspace, id))
      })
      deps.wakeDelivery()
      return replayed
    },
  })
}

/** getWithAttempts knows no workspace; this does. */
async function find(db: Db, workspace: string, id: string) {
  const found = await getWithAttempts(db, id)
  if (found === undefined || found.delivery.workspace !== workspace) throw notFound('delivery', id)
  return found
}
