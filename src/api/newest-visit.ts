import { z } from 'zod'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { invalidFields } from './problem.ts'

const ID_CHARS_MAX = 64
const LOOKED_BACK_MS = 24 * 3_600_000

const idField = z.string().min(1).max(ID_CHARS_MAX)
const linkQuery = z.object({
  campaignId: idField.optional(),
  offerId: idField.optional().describe('With affiliateId, for an affiliate link'),
  affiliateId: idField.optional(),
})

const newestSchema = z
  .object({
    visit: z
      .object({ clickId: z.string(), at: timeField })
      .nullable()
      .describe('Null when there was none in the last 24 hours'),
  })
  .meta({ id: 'NewestVisit' })

/** Whether a link works that was just handed out: its newest visit, whose click id a test postback may name. */
export function newestVisitRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/newest-visit', {
    schema: {
      tags: ['overview'],
      summary: 'The newest visit by the link of a campaign or of an affiliate',
      querystring: linkQuery,
      response: { 200: newestSchema },
    },
    handler: async (request) => {
      const since = deps.clock() - LOOKED_BACK_MS
      const visit = await deps.newestVisit(workspaceOf(request), toLink(request.query), since)
      return { visit: visit === undefined ? null : { clickId: visit.clickId, at: toTime(visit.at) } }
    },
  })
}

/** @throws Problem 422 when it names no link. */
function toLink({ campaignId, offerId, affiliateId }: z.output<typeof linkQuery>) {
  if (campaignId !== undefined) return { campaignId }
  if (offerId !== undefined && affiliateId !== undefined) return { offerId, affiliateId }
  const message = 'is needed, or offerId and affiliateId'
  throw invalidFields([{ field: 'campaignId', message }])
}
