import { applyReconciliation } from '../conversions/reconcile-apply.ts'
import { RECONCILE_LIMITS } from '../conversions/reconcile-limits.ts'
import { previewReconciliation } from '../conversions/reconcile-preview.ts'
import { conversionsByIds } from '../store/advertiser-conversions.ts'
import { appendAudit } from '../store/audit-log.ts'
import {
  countReconciliationOutcomes,
  getReconciliation,
  listReconciliationRows,
  listReconciliations,
} from '../store/reconciliations.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { jobSchema, showJob } from './jobs.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound } from './problem.ts'
import {
  applyReconciliationBody,
  reconciliationBody,
  reconciliationRowsQuery,
  reconciliationRowsSchema,
  reconciliationSchema,
  reconciliationWithOutcomesSchema,
  toReconciliationRowView,
  toReconciliationView,
} from './reconciliation-fields.ts'

const WHAT = 'reconciliation'
const TAGS = ['reconciliations']
const PATH = '/api/v1/reconciliations'

/** Advertisers' own lists of conversions beside ours: compared first, then applied by a job. */
export function reconciliationRoutes(app: ApiApp, deps: ApiDeps): void {
  readRoutes(app, deps)
  rowsRoute(app, deps)
  compareRoute(app, deps)
  applyRoute(app, deps)
}

function readRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: reconciliations',
      querystring: pageQuery,
      response: { 200: pageOf(reconciliationSchema) },
    },
    handler: async (request) => {
      const page = await listReconciliations(db, workspaceOf(request), request.query)
      return { items: page.items.map(toReconciliationView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: `One ${WHAT}: counts and sums of both sides`,
      params: idParams,
      response: { 200: reconciliationWithOutcomesSchema },
    },
    handler: async (request) => {
      const reconciliation = await find(deps, workspaceOf(request), request.params.id)
      const outcomes = await countReconciliationOutcomes(db, reconciliation.id)
      return { ...toReconciliationView(reconciliation), outcomes: { ...outcomes } }
    },
  })
}

function rowsRoute(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(`${PATH}/:id/rows`, {
    schema: {
      tags: TAGS,
      summary: `Rows of a ${WHAT}, both sides beside each other`,
      params: idParams,
      querystring: reconciliationRowsQuery,
      response: { 200: reconciliationRowsSchema },
    },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      const reconciliation = await find(deps, workspace, request.params.id)
      const { kind, outcome, after, limit } = request.query
      const filter = { kinds: kind && [kind], outcome }
      const page = { after, limit: limit + 1 }
      const found = await listReconciliationRows(db, reconciliation.id, filter, page)
      const rows = found.slice(0, limit)
      const ids = rows.flatMap(({ conversionId }) => (conversionId === '' ? [] : [conversionId]))
      const ours = await conversionsByIds(db, workspace, ids)
      const items = rows.map((row) =>
        toReconciliationRowView(reconciliation, row, ours.get(row.conversionId)),
      )
      return { items, nextAfter: found.length > limit ? (rows.at(-1)?.n ?? null) : null }
    },
  })
}

function compareRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    bodyLimit: RECONCILE_LIMITS.bodyBytesMax,
    schema: {
      tags: TAGS,
      summary: "Compare an advertiser's CSV with our conversions; nothing is changed",
      body: reconciliationBody,
      response: { 201: reconciliationSchema },
    },
    handler: async (request, reply) => {
      const { workspace, actor } = callerOf(request)
      const { from, to, ...file } = request.body
      const period = { periodFrom: Date.parse(from), periodTo: Date.parse(to) }
      const { store, clock } = deps
      const compared = await previewReconciliation({ store, clock }, { ...file, ...period, workspace, actor })
      if (compared === undefined) {
        const message = 'is no advertiser of this workspace'
        throw invalidFields([{ field: 'advertiserId', message }])
      }
      const subject = { subjectType: WHAT, subjectId: compared.id }
      const entry = { workspace, at: clock(), actor, action: 'reconciliation.create', ...subject }
      await appendAudit(store.db, { ...entry, detail: { advertiserId: compared.advertiserId } })
      return await reply.code(201).send(toReconciliationView(compared))
    },
  })
}

function applyRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/apply`, {
    schema: {
      tags: TAGS,
      summary: 'Have rows that were not applied yet applied, by a job',
      params: idParams,
      body: applyReconciliationBody,
      response: { 200: jobSchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      const { store, clock } = deps
      const wishes = request.body
      const applied = await applyReconciliation({ store, clock }, { workspace, id, actor, wishes })
      if (applied === undefined) throw notFound(WHAT, id)
      if (applied.isNew) {
        const subject = { subjectType: WHAT, subjectId: id }
        const entry = { workspace, at: clock(), actor, action: 'reconciliation.apply', ...subject }
        await appendAudit(store.db, { ...entry, detail: { ...wishes, jobId: applied.jobId } })
      }
      return await showJob(deps, workspace, applied.jobId)
    },
  })
}

async function find({ store }: ApiDeps, workspace: string, id: string) {
  const reconciliation = await getReconciliation(store.db, { workspace, id })
  if (reconciliation === undefined) throw notFound(WHAT, id)
  return reconciliation
}
