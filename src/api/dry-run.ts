import { z } from 'zod'
import { isConditionField } from '../domain/condition-fields.ts'
import type { RouteDecision } from '../domain/decide-route.ts'
import { explainRoute, type RouteTrace } from '../domain/explain-route.ts'
import { CONDITION_OPERATORS, FLOW_LIMITS, type Flow } from '../domain/flow.ts'
import { LIMITS } from '../domain/limits.ts'
import { type Campaign, getCampaign } from '../store/campaigns.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { compileRegex } from './compile-regex.ts'
import { dryRunFacts } from './dry-run-facts.ts'
import { type DryRunOffers, loadDryRunOffers, loadFlow } from './dry-run-offers.ts'
import { timeField } from './fields.ts'
import { flowDefaults } from './flow-fields.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

const SEED_DEFAULT = 'dry-run'
const idField = z.string().max(64)

const dryRunBody = z.strictObject({
  facts: z
    .record(z.string(), z.string().max(LIMITS.paramValueCharsMax))
    .superRefine((facts, context) => {
      for (const name of Object.keys(facts)) {
        if (isConditionField(name)) continue
        context.addIssue({ code: 'custom', path: [name], message: 'is no field of conditions' })
      }
    })
    .default({})
    .describe('What the visitor is, by the fields of conditions; what is absent is unknown'),
  at: timeField.optional().describe('When; now unless told. Gives hour and weekday'),
  previous: z
    .strictObject({ pathId: idField, landerId: idField.default(''), offerId: idField.default('') })
    .optional()
    .describe('The way that a returning visitor went before'),
  seed: z
    .string()
    .max(LIMITS.paramNameCharsMax)
    .default(SEED_DEFAULT)
    .describe('Stands for one visitor: another seed may be sent another way by the weights'),
  flow: z
    .strictObject({ rules: flowDefaults.rules, paths: flowDefaults.paths, sticky: flowDefaults.sticky })
    .optional()
    .describe("To try before it is saved; the campaign's unless told"),
})
type DryRunBody = z.infer<typeof dryRunBody>

const refSchema = z.object({ id: z.string(), weight: z.number(), isUsable: z.boolean() })
const stepSchema = z.object({
  campaignId: z.string(),
  campaignName: z.string(),
  status: z.enum(['active', 'paused']).describe('Visitors of a paused campaign go to its fallback'),
  decision: z.object({
    found: z.boolean(),
    ruleId: z.string().describe("'' when no rule decided"),
    pathId: z.string(),
    landerId: z.string().describe("'' for a direct link"),
    offerId: z.string(),
    reason: z.string().describe('As it is stored with a visit'),
  }),
  rules: z.array(
    z.object({
      ruleId: z.string(),
      name: z.string(),
      verdict: z.enum(['matched', 'not_matched', 'disabled', 'not_reached', 'broken']),
      tests: z.array(
        z.object({
          path: z.string().describe("Where in the condition, e.g. all.1.any.0; '' for a rule of one test"),
          field: z.string(),
          operator: z.enum(CONDITION_OPERATORS),
          values: z.array(z.string()),
          actual: z.string().describe("What the visitor has; '' when unknown"),
          holds: z.boolean(),
        }),
      ),
    }),
  ),
  paths: z
    .array(
      z.object({
        pathId: z.string(),
        weight: z.number(),
        isOpen: z.boolean().describe('One of its offers takes the visitor'),
        landers: z.array(refSchema),
        offers: z.array(refSchema),
      }),
    )
    .describe('The paths that the visitor was shared among'),
})
const dryRunSchema = z
  .object({
    steps: z.array(stepSchema).describe('The campaign; then those that its offer leads on through'),
  })
  .meta({ id: 'DryRun' })

/** Which way a visitor would go through a campaign, and why; nothing is recorded. */
export function dryRunRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/campaigns/:id/dry-run', {
    schema: {
      tags: ['campaigns'],
      summary: 'Which way a visitor would go, and why',
      params: idParams,
      body: dryRunBody,
      response: { 200: dryRunSchema },
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const { id } = request.params
      const campaign = await getCampaign(deps.store.db, { workspace, id })
      if (campaign === undefined) throw notFound('campaign', id)
      return { steps: await walk(deps, campaign, request.body) }
    },
  })
}

type DryRunStep = z.input<typeof stepSchema>

async function walk(deps: ApiDeps, start: Campaign, body: DryRunBody): Promise<DryRunStep[]> {
  const { db } = deps.store
  const now = deps.clock()
  const atMs = body.at === undefined ? now : Date.parse(body.at)
  const facts = await dryRunFacts(db, start.workspace, { ...body, atMs })
  const offers = await loadDryRunOffers(db, start.workspace, { country: facts.value('country'), now })
  const steps: DryRunStep[] = []
  let campaign: Campaign | undefined = start
  while (campaign !== undefined && steps.length <= FLOW_LIMITS.campaignDepthMax) {
    const isFirst = steps.length === 0
    const flow: Flow = (isFirst ? body.flow : undefined) ?? (await loadFlow(db, campaign))
    const previous = isFirst ? body.previous : undefined
    const request = { flow, facts, lookups: offers, seed: body.seed, salt: campaign.id, previous }
    const trace = explainRoute(request, { compileRegex })
    steps.push(toStep(campaign, trace))
    campaign = await campaignBehind(db, offers, { workspace: start.workspace, decision: trace.decision })
  }
  return steps
}

async function campaignBehind(
  db: Db,
  offers: DryRunOffers,
  { workspace, decision }: { readonly workspace: string; readonly decision: RouteDecision },
): Promise<Campaign | undefined> {
  const id = decision.found ? offers.campaignOf(decision.offerId) : ''
  return id === '' ? undefined : await getCampaign(db, { workspace, id })
}

function toStep(campaign: Campaign, { decision, rules, paths }: RouteTrace): DryRunStep {
  return {
    campaignId: campaign.id,
    campaignName: campaign.name,
    status: campaign.status,
    decision: { pathId: '', landerId: '', offerId: '', ...decision },
    rules: rules.map((rule) => ({
      ...rule,
      tests: rule.tests.map((test) => ({ ...test, values: [...test.values] })),
    })),
    paths: paths.map((path) => ({ ...path, landers: [...path.landers], offers: [...path.offers] })),
  }
}
