import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { CANCEL_JOB } from '../delivery/cancel-job.ts'
import { REPLAY_JOB } from '../delivery/replay-job.ts'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import { appendAudit } from '../store/audit-log.ts'
import { COUNTED_ROWS_MAX, countDeliveries, type DeliveryCounts } from '../store/delivery-bulk.ts'
import type { DeliveryFilter } from '../store/delivery-filter.ts'
import { createJobOnce } from '../store/jobs.ts'
import { type Db, inTransaction } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf, workspaceOf } from './caller.ts'
import { cancelFilter, replayFilter } from './delivery-filter-fields.ts'
import { timeField, toTime } from './fields.ts'
import { jobSchema, toJobView } from './jobs.ts'
import { Problem } from './problem.ts'
import { receiverSchema, receiverViewer } from './receiver-view.ts'

const TAGS = ['deliveries']
const PATH = '/api/v1/deliveries'
const KEY_CHARS_MAX = 200

const keyField = z
  .string()
  .max(KEY_CHARS_MAX)
  .default('')
  .describe('Yours: an order sent twice under the same key is one job')

const countsSchema = z
  .object({
    total: z.int(),
    byState: z.array(z.object({ state: z.enum(DELIVERY_STATES), count: z.int() })),
    byTarget: z
      .array(z.object({ targetId: z.string(), receiver: receiverSchema, count: z.int() }))
      .describe('The most first'),
    searchedTo: timeField
      .nullable()
      .describe(`Null when all were counted; else the newest ${COUNTED_ROWS_MAX} were, down to this moment`),
  })
  .meta({ id: 'DeliveryCounts' })

type Order = {
  readonly name: string
  readonly kind: string
  readonly action: string
  readonly filter: z.ZodType<DeliveryFilter>
  readonly summary: string
}

/** What is ordered for many deliveries at once. */
const ORDERS: readonly Order[] = [
  {
    name: 'replay',
    kind: REPLAY_JOB,
    action: 'deliveries.replay',
    filter: replayFilter,
    summary: 'Send again what a filter names',
  },
  {
    name: 'cancel',
    kind: CANCEL_JOB,
    action: 'deliveries.cancel',
    filter: cancelFilter,
    summary: 'Cancel what waits and a filter names',
  },
]

/** Replay and cancel by filter, as jobs. */
export function deliveryBulkRoutes(app: ApiApp, deps: ApiDeps): void {
  for (const order of ORDERS) {
    orderRoute(app, deps, order)
    previewRoute(app, deps, order)
  }
}

function orderRoute(app: ApiApp, deps: ApiDeps, order: Order): void {
  app.post(`${PATH}/${order.name}`, {
    schema: {
      tags: TAGS,
      summary: `${order.summary}, by a job`,
      body: z.strictObject({ filter: order.filter, key: keyField }),
      response: { 200: jobSchema.describe('The job that was ordered under this key before'), 202: jobSchema },
    },
    handler: async (request, reply) => {
      const { job, isNew } = await startJob(deps, callerOf(request), { order, ...request.body })
      return await reply.code(isNew ? 202 : 200).send(toJobView(job))
    },
  })
}

function previewRoute(app: ApiApp, deps: ApiDeps, order: Order): void {
  app.post(`${PATH}/${order.name}/preview`, {
    schema: {
      tags: TAGS,
      summary: `${order.summary}: how many these are, and nothing else`,
      body: z.strictObject({ filter: order.filter }),
      response: { 200: countsSchema },
    },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      return await toCountsView(
        deps.store.db,
        workspace,
        await count(deps, workspace, { order, ...request.body }),
      )
    },
  })
}

type Ordered = { readonly order: Order; readonly filter: DeliveryFilter; readonly key: string }

async function startJob(deps: ApiDeps, { workspace, actor }: Caller, { order, filter, key }: Ordered) {
  const params = withoutAbsent({ filter })
  const { total, searchedTo } = await count(deps, workspace, { order, filter })
  return await inTransaction(deps.store.db, async (db) => {
    const now = deps.clock()
    const wanted = { workspace, actor, kind: order.kind, key, params, total: searchedTo === null ? total : 0 }
    const { job, isNew } = await createJobOnce(db, wanted, now)
    if (isNew) {
      const entry = { workspace, at: now, actor, action: order.action, subjectType: 'job', subjectId: job.id }
      await appendAudit(db, { ...entry, detail: params })
    } else if (!isDeepStrictEqual(job.params, params)) {
      throw new Problem(409, 'key_taken', 'Another filter was ordered under this key: choose another key.')
    }
    return { job, isNew }
  })
}

/** As it is stored. */
function withoutAbsent(params: { readonly filter: DeliveryFilter }): { readonly filter: DeliveryFilter } {
  return JSON.parse(JSON.stringify(params)) as typeof params // numbers and texts alone
}

async function count(
  { store }: ApiDeps,
  workspace: string,
  { order, filter }: Omit<Ordered, 'key'>,
): Promise<DeliveryCounts> {
  return await countDeliveries(store.db, workspace, filter, { replayable: order.kind === REPLAY_JOB })
}

async function toCountsView(
  db: Db,
  workspace: string,
  { total, byState, byTarget, searchedTo }: DeliveryCounts,
): Promise<z.input<typeof countsSchema>> {
  const targetIds = byTarget.map(({ targetId }) => targetId)
  const receiverOf = await receiverViewer(db, workspace, targetIds)
  return {
    total,
    byState: [...byState],
    byTarget: byTarget.map((each) => ({ ...each, receiver: receiverOf(each.targetId) })),
    searchedTo: searchedTo === null ? null : toTime(searchedTo),
  }
}
