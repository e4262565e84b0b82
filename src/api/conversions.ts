import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AmountRefusal } from '../conversions/change-amounts.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { getAffiliate } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getConversionWithHistory, listConversions } from '../store/conversions.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { auditedChanges } from './audited-changes.ts'
import { callerOf, managerOf } from './caller.ts'
import { conversionFilterFields } from './conversion-filter-fields.ts'
import {
  conversionSchema,
  conversionWithHistorySchema,
  toConversionView,
  toConversionWithHistory,
} from './conversion-view.ts'
import { amountField } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound, Problem } from './problem.ts'

const TAGS = ['conversions']
const PATH = '/api/v1/conversions'
const REASON_CHARS_MAX = 500

const listQuery = pageQuery.extend(conversionFilterFields)

const reasonField = z.string().trim().min(1, 'say why').max(REASON_CHARS_MAX).describe('Kept in the history')

const changeBody = z.strictObject({ status: z.enum(CONVERSION_STATUSES), reason: reasonField })

const adjustBody = z
  .strictObject({
    sale: amountField.optional().describe('Revenue and payout follow by the agreement, unless given as well'),
    revenue: amountField.optional(),
    payout: amountField.optional(),
    reason: reasonField,
    confirmPayoutAboveRevenue: z.boolean().default(false),
  })
  .refine(
    ({ sale, revenue, payout }) => [sale, revenue, payout].some((amount) => amount !== undefined),
    'must name a sale, revenue or payout',
  )

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
      const { limit, cursor, ...query } = request.query
      const { workspace, role } = callerOf(request)
      const filter = { ...query, managerId: managerOf(request) }
      const page = await listConversions(db, workspace, filter, { limit, cursor })
      const items = page.items.map((conversion) => toConversionView(conversion, role))
      return { items, nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One conversion with its history',
      params: idParams,
      response: { 200: conversionWithHistorySchema },
    },
    handler: async (request) => await show(deps, request, request.params.id),
  })
  changeRoute(app, deps)
  adjustRoute(app, deps)
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
      const before = await show(deps, request, id)
      const { status, reason } = request.body
      const changed = await deps.changeStatus({ workspace, id, status, reason, actor })
      if (!changed.ok) throw new Problem(409, 'illegal_transition', changed.reason)
      const subject = { subjectType: 'conversion', subjectId: id }
      const entry = { workspace, at: deps.clock(), actor, action: 'conversion.change_status', ...subject }
      const after = await show(deps, request, id)
      const changes = auditedChanges({ settable: ['status'], before, after })
      await appendAudit(deps.store.db, { ...entry, detail: { ...changes, reason } })
      return after
    },
  })
}

const AMOUNTS = ['sale', 'revenue', 'payout']

function adjustRoute(app: ApiApp, deps: ApiDeps): void {
  app.post(`${PATH}/:id/adjust`, {
    schema: {
      tags: TAGS,
      summary: 'Change amounts by hand; nobody is notified of an amount alone',
      params: idParams,
      body: adjustBody,
      response: { 200: conversionWithHistorySchema },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { id } = request.params
      // First, so that a conversion of another workspace is not even tried.
      const before = await show(deps, request, id)
      const { sale, revenue, payout, reason, confirmPayoutAboveRevenue } = request.body
      const amounts = { saleMicros: sale, revenueMicros: revenue, payoutMicros: payout }
      const deed = { workspace, id, reason, actor, confirmPayoutAboveRevenue }
      const changed = await deps.changeAmounts({ ...deed, ...amounts })
      if (!changed.ok) throw adjustProblem(changed)
      const subject = { subjectType: 'conversion', subjectId: id }
      const entry = { workspace, at: deps.clock(), actor, action: 'conversion.adjust', ...subject }
      const after = await show(deps, request, id)
      const changes = auditedChanges({ settable: AMOUNTS, before, after })
      await appendAudit(deps.store.db, {
        ...entry,
        detail: { ...changes, reason, confirmPayoutAboveRevenue },
      })
      return after
    },
  })
}

function adjustProblem(refused: { readonly reason: string; readonly code?: AmountRefusal['code'] }): Problem {
  if (refused.code !== 'payout_above_revenue')
    return new Problem(409, refused.code ?? 'conflict', `${refused.reason}.`)
  const detail = `${refused.reason}; confirm it by confirmPayoutAboveRevenue.`
  return new Problem(409, refused.code, detail)
}

/** An affiliate manager is shown conversions of the affiliates that it looks after, and no others. */
async function show({ store }: ApiDeps, request: FastifyRequest, id: string) {
  const { workspace, role } = callerOf(request)
  const found = await getConversionWithHistory(store.db, { workspace, id })
  if (found === undefined) throw notFound('conversion', id)
  const managerId = managerOf(request)
  if (managerId !== undefined) {
    const affiliate = await getAffiliate(store.db, { workspace, id: found.conversion.affiliateId })
    if (affiliate?.managerId !== managerId) throw notFound('conversion', id)
  }
  return toConversionWithHistory(found, role)
}
