import { z } from 'zod'
import { getCampaign } from '../store/campaigns.ts'
import { getFlow } from '../store/flows.ts'
import { listOptimizedWeights, type OptimizedWeight } from '../store/optimized-weights.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'

const weightsSchema = z
  .object({
    items: z.array(
      z.object({
        scopeId: z
          .string()
          .describe("Of a path: the rule's id, '' outside of rules. Of a lander or offer: the path's id"),
        armId: z.string().describe('Id of the path, lander or offer'),
        weight: z.number().describe('Among those of the same scope'),
        probabilityBest: z.number().describe('That it is the best of its scope, 0 to 1'),
        updatedAt: timeField,
      }),
    ),
  })
  .meta({ id: 'OptimizedWeights' })

/** The weights that a campaign or shared flow has set by itself. */
export function optimizedWeightRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  const response = { 200: weightsSchema }
  const described = 'set by itself, where it optimises itself; empty until it has'
  app.get('/api/v1/campaigns/:id/weights', {
    schema: {
      tags: ['campaigns'],
      summary: `Weights that the campaign's own flow has ${described}`,
      params: idParams,
      response,
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const campaign = await getCampaign(db, { workspace, id: request.params.id })
      if (campaign === undefined) throw notFound('campaign', request.params.id)
      // Nobody goes through its own flow then.
      if (campaign.flowId !== '') return { items: [] }
      return toView(await listOptimizedWeights(db, workspace, campaign))
    },
  })
  app.get('/api/v1/flows/:id/weights', {
    schema: {
      tags: ['flows'],
      summary: `Weights that the flow has ${described}`,
      params: idParams,
      response,
    },
    handler: async (request) => {
      const { workspace } = callerOf(request)
      const flow = await getFlow(db, { workspace, id: request.params.id })
      if (flow === undefined) throw notFound('flow', request.params.id)
      return toView(await listOptimizedWeights(db, workspace, flow))
    },
  })
}

function toView(weights: readonly OptimizedWeight[]): z.input<typeof weightsSchema> {
  return { items: weights.map((each) => ({ ...each, updatedAt: toTime(each.updatedAt) })) }
}
