import { CANCELLED_BY_HAND } from '../delivery/cancel-job.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getWithAttempts, replay } from '../store/deliveries.ts'
import { cancelDelivery } from '../store/delivery-bulk.ts'
import { searchDeliveries } from '../store/delivery-search.ts'
import type { OwnedId } from '../store/owned.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { deliverySearchQuery } from './delivery-filter-fields.ts'
import {
  deliverySchema,
  deliveryWithAttemptsSchema,
  toDeliveriesWithAttempts,
  toDeliveryViews,
} from './delivery-view.ts'
import { timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['deliveries']
const PATH = '/api/v1/deliveries'

const listAnswer = pageOf(deliverySchema).extend({
  searchedTo: timeField
    .nullable()
    .describe('How far back was looked, newest first; null: to the end. nextCursor looks further'),
})

/** Outgoing calls, sent, waiting, dead and skipped. */
export function deliveryRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: deliveries',
      querystring: pageQuery.extend(deliverySearchQuery),
      response: { 200: listAnswer },
    },
    handler: async (request) => {
      const { limit, cursor, state: states, ...rest } = request.query
      const workspace = workspaceOf(request)
      const wanted = { workspace, filter: { ...rest, states }, page: { limit, cursor } }
      const { items, nextCursor, searchedTo } = await searchDeliveries(db, wanted)
      return {
        items: await toDeliveryViews(db, workspace, items),
        nextCursor,
        searchedTo: searchedTo === null ? null : toTime(searchedTo),
      }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One delivery with its attempts',
      params: idParams,
      response: { 200: deliveryWithAttemptsSchema },
    },
    handler: async (request) => await show(db, { workspace: workspaceOf(request), id: request.params.id }),
  })
  replayRoute(app, deps)
  cancelRoute(app, deps)
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
      const replayed = await changeOne(deps, callerOf(request), {
        id: request.params.id,
        action: 'delivery.replay',
        change: async (db, { id }, now) => (await replay(db, id, now)) !== undefined,
        refusal: new Problem(
          409,
          'not_replayable',
          'It was skipped by a rule and never due, or its target or its text is deleted.',
        ),
      })
      deps.wakeDelivery()
      return replayed
    },
  })
}

function cancelRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/cancel`, {
    schema: {
      tags: TAGS,
      summary: 'Cancel what waits; what is being sent now is not tried again',
      params: idParams,
      response: { 200: deliveryWithAttemptsSchema },
    },
    handler: async (request) =>
      await changeOne(deps, callerOf(request), {
        id: request.params.id,
        action: 'delivery.cancel',
        change: async (db, key, now) => await cancelDelivery(db, key, { reason: CANCELLED_BY_HAND, now }),
        refusal: new Problem(409, 'not_pending', 'It does not wait to be sent any more.'),
      }),
  })
}

type Change = {
  readonly id: string
  /** Of the audit log. */
  readonly action: string
  /** False when the delivery is not in a state for it. */
  readonly change: (db: Db, key: OwnedId, now: number) => Promise<boolean>
  readonly refusal: Problem
}

async function changeOne(
  deps: ApiDeps,
  { workspace, actor }: Caller,
  { id, action, change, refusal }: Change,
) {
  return await inTransaction(deps.store.db, async (db) => {
    await find(db, { workspace, id })
    const now = deps.clock()
    if (!(await change(db, { workspace, id }, now))) throw refusal
    const subject = { subjectType: 'delivery', subjectId: id }
    await appendAudit(db, { workspace, at: now, actor, action, ...subject, detail: {} })
    return await show(db, { workspace, id })
  })
}

async function show(db: Db, key: OwnedId) {
  const found = await find(db, key)
  const [view] = await toDeliveriesWithAttempts(db, key.workspace, [found])
  if (view === undefined) throw notFound('delivery', key.id)
  return view
}

/** getWithAttempts knows no workspace; this does. */
async function find(db: Db, { workspace, id }: OwnedId) {
  const found = await getWithAttempts(db, id)
  if (found === undefined || found.delivery.workspace !== workspace) throw notFound('delivery', id)
  return found
}
