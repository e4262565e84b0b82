import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getConversionWithHistory, listConversions } from '../store/conversions.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf, workspaceOf } from './caller.ts'
import {
  conversionSchema,
  conversionWithHistorySchema,
  toConversionView,
  toConversionWithHistory,
} from './conversion-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['conversions']
const PATH = '/api/v1/conversions'
const REASON_CHARS_MAX = 500

const listQuery = pageQuery.extend({
  status: z.enum(CONVERSION_STATUSES).optional(),
  event: z.string().max(64).optional(),
  clickId: z.string().max(100).optional(),
  campaignId: z.string().max(64).optional(),
  offerId: z.string().max(64).optional(),
})

const changeBody = z.strictObject({
  status: z.enum(CONVERSION_STATUSES),
  reason: z.string().trim().min(1, 'say why').max(REASON_CHARS_MAX).describe('Kept in the history'),
})

export function conversionRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: conversions',
      querystring: listQuery,
      response: { 200: pageOf(conversionSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await listConversions(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toConversionView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One conversion with its history',
      params: idParams,
      response: { 200: conversionWithHistorySchema },
    },
    handler: async (request) => await show(deps, workspaceOf(request), request.params.id),
  })
  changeRoute(app, deps)
}

function changeRoute(app: ApiApp, deps: ApiDeps): void {
  app.patch(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'Change the status by hand; targets are notified as by a postback',
      params: idParams,
      body: changeBody,
      response: { 200: conversionWithHistorySchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      // First, so that a conversion of another workspace is not even tried.
      await show(deps, workspace, id)
      const { status, reason } = request.body
      const changed = await deps.changeStatus({ workspace, id, status, reason, actor })
      if (!changed.ok) throw new Problem(409, 'illegal_transition', changed.reason)
      const subject = { subjectType: 'conversion', subjectId: id }
      const entry = { workspace, at: deps.clock(), actor, action: 'conversion.change_status', ...subject }
      await appendAudit(deps.store.db, { ...entry, detail: { status } })
      return await show(deps, workspace, id)
    },
  })
}

async function show(deps: ApiDeps, workspace: string, id: string) {
  const found = await getConversionWithHistory(deps.store.db, { workspace, id })
  if (found === undefined) throw notFound('conversion', id)
  return toConversionWithHistory(found)
}
