import { z } from 'zod'
import { CORRECTION_LIMITS } from '../corrections/correction-limits.ts'
import type { CostRefusal } from '../corrections/cost-answer.ts'
import type { CostRequest } from '../corrections/cost-request.ts'
import { COST_MODES } from '../corrections/plan-costs.ts'
import { findCostUndo, listCostCorrections } from '../store/cost-corrections.ts'
import { getTrafficSource } from '../store/traffic-sources.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { filtersField } from './ask-report.ts'
import { callerOf, workspaceOf } from './caller.ts'
import { rangeFields, toRange } from './correction-range-fields.ts'
import {
  costAppliedSchema,
  costListedSchema,
  costPreviewSchema,
  toCostAppliedView,
  toCostListedViews,
  toCostPreviewView,
} from './cost-correction-view.ts'
import { amountField, currencyField, timeZoneField } from './fields.ts'
import { pageOf, pageQuery } from './page.ts'
import { invalidFields, notFound, Problem } from './problem.ts'

const TAGS = ['costs']
const PATH = '/api/v1/cost-corrections'
const KEY_CHARS_MAX = 100
const MICROS = 1_000_000
/** Percents have four places, so that a micro of cost times a percent is exact. */
const PERCENT_STEP_MICROS = 100

const correctionFields = {
  ...rangeFields,
  timeZone: timeZoneField
    .optional()
    .describe("Unless told, that of the one traffic source that the filters name, else the workspace's"),
  filters: filtersField.describe('As in reports; all visits of the range without any'),
  mode: z
    .enum(COST_MODES)
    .describe(
      'total: all visits together cost the amount. per_visit: each visit costs it. percent: costs grow by so many percent',
    ),
  amount: amountField.describe('Decimal string, e.g. "12.50"; of a percent "-10" for a tenth less'),
  currency: currencyField.optional().describe("Of the amount; the workspace's unless told"),
  onlyUnique: z.boolean().default(false).describe('Count unique visits alone'),
}

const correctionBody = z.strictObject({
  ...correctionFields,
  key: z
    .string()
    .min(1)
    .max(KEY_CHARS_MAX)
    .describe('Yours, e.g. "taboola 2026-11-22": a correction that is sent twice is applied once'),
  preview: z.boolean().default(false).describe('Say what it would do, and do nothing'),
})

export function costCorrectionRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Correct what visits have cost; preview tells what would change',
      body: correctionBody,
      response: { 200: z.union([costPreviewSchema, costAppliedSchema]) },
    },
    handler: async (request) => {
      const { workspace, actor } = callerOf(request)
      const { key, preview, ...body } = request.body
      const wanted = await toCostRequest(deps, workspace, body)
      if (preview) {
        const previewed = await deps.costs.preview(workspace, wanted)
        if (!previewed.ok) throw toProblem(previewed)
        return toCostPreviewView(previewed)
      }
      const applied = await deps.costs.apply({ workspace, key, actor }, wanted)
      if (!applied.ok) throw toProblem(applied)
      const { id } = applied.correction
      return toCostAppliedView(applied.correction, await findCostUndo(deps.store.db, { workspace, id }))
    },
  })
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: cost corrections',
      querystring: pageQuery,
      response: { 200: pageOf(costListedSchema) },
    },
    handler: async (request) => {
      const page = await listCostCorrections(deps.store.db, workspaceOf(request), request.query)
      return { items: await toCostListedViews(deps, page.items), nextCursor: page.nextCursor }
    },
  })
}

type Body = Omit<z.infer<typeof correctionBody>, 'key' | 'preview'>

/** @throws Problem */
async function toCostRequest(deps: ApiDeps, workspaceId: string, body: Body): Promise<CostRequest> {
  const workspace = await getWorkspace(deps.store.db, workspaceId)
  if (workspace === undefined) throw notFound('workspace', workspaceId)
  const { mode, amount, filters, onlyUnique } = body
  const problem = amountProblem(mode, amount)
  if (problem !== '') throw invalidFields([{ field: 'amount', message: problem }])
  return {
    range: toRange(body),
    timeZone: body.timeZone ?? ((await zoneOfSource(deps, workspaceId, filters)) || workspace.timeZone),
    filters,
    mode,
    amountMicros: amount,
    currency: body.currency ?? workspace.currency,
    onlyUnique,
  }
}

/** Where the days of an invoice begin: the zone of the source that it is from; '' when the filters name no one source. */
async function zoneOfSource(deps: ApiDeps, workspace: string, filters: Body['filters']): Promise<string> {
  const [named, ...others] = filters.filter(({ dimension }) => dimension === 'source')
  const isOne = named?.operator === 'is' && named.values.length === 1 && others.length === 0
  if (!isOne) return ''
  const source = await getTrafficSource(deps.store.db, { workspace, id: named.values[0] ?? '' })
  return source?.timeZone ?? ''
}

function amountProblem(mode: CostRequest['mode'], amountMicros: number): string {
  if (mode !== 'percent') return amountMicros < 0 ? 'must not be below 0' : ''
  if (amountMicros % PERCENT_STEP_MICROS !== 0) return 'must be a percentage with at most four places'
  return amountMicros < -100 * MICROS ? 'must not be below -100' : ''
}

function toProblem({ reason }: CostRefusal): Problem {
  switch (reason) {
    case 'no_visits':
      return new Problem(
        422,
        'no_visits',
        'There is no visit in this range that the filters let through, so nothing can carry the cost.',
      )
    case 'no_rate':
      return new Problem(
        422,
        'no_rate',
        'There is no exchange rate for this currency: set one in the settings.',
      )
    case 'too_large':
      return new Problem(422, 'too_large', 'The cost is larger than amounts can be.')
    case 'too_many_groups':
      return new Problem(
        422,
        'too_many_groups',
        `The filters tell more than ${CORRECTION_LIMITS.costGroupsMax} kinds of visits apart: choose a shorter range.`,
      )
    case 'busy':
      return new Problem(
        409,
        'busy',
        'Other corrections were applied in between, again and again. Send it once more.',
      )
    case 'key_used':
      return new Problem(
        409,
        'key_used',
        'Another correction was sent with this key: choose a new one to apply this too.',
      )
  }
}
