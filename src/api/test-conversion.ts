import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import { getCampaign } from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { linkOrigin } from './campaign-link.ts'
import { amountField, eventField } from './fields.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'
import { TestChain } from './test-conversion-chain.ts'

const PARAMS_MAX = 40
const PAYOUT_MICROS_DEFAULT = 1_000_000
/** What a header may hold. */
const headerField = z.string().regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')

const body = z.strictObject({
  payout: amountField.default(PAYOUT_MICROS_DEFAULT).describe('What the postback names'),
  event: eventField.optional(),
  status: z.enum(CONVERSION_STATUSES).optional(),
  params: z
    .record(z.string().max(LIMITS.paramNameCharsMax), z.string().max(LIMITS.paramValueCharsMax))
    .default({})
    .refine((params) => Object.keys(params).length <= PARAMS_MAX, `has more than ${PARAMS_MAX} parameters`)
    .describe("What the link is opened with, e.g. the traffic source's tokens"),
  userAgent: headerField.max(LIMITS.userAgentCharsMax).default('').describe("'' for a common browser's"),
  language: headerField.max(100).default('').describe('As Accept-Language, e.g. de-AT'),
})

const answer = z
  .object({
    ok: z.boolean().describe('No step failed'),
    clickId: z.string().describe("Of the test visit; '' when there was none"),
    steps: z.array(
      z.object({
        step: z.string().describe('link, redirect, lander, offer, click id, postback, token, … notification'),
        state: z.enum(['ok', 'warning', 'failed']),
        detail: z.string(),
        url: z.string().describe("What was asked or reached, secrets masked; '' for none"),
      }),
    ),
  })
  .meta({ id: 'TestConversion' })

/** Shows that a campaign works, from the link to the notifications, before money is spent on it. */
export function testConversionRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/campaigns/:id/test-conversion', {
    schema: {
      tags: ['campaigns'],
      summary: 'Send a test visit and a test conversion through the whole chain; nothing is counted',
      params: idParams,
      body,
      response: { 200: answer },
    },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      const { id } = request.params
      const campaign = await getCampaign(deps.store.db, { workspace, id })
      if (campaign === undefined || campaign.archivedAt !== null) throw notFound('campaign', id)
      const domain = await getDomain(deps.store.db, { workspace, id: campaign.domainId })
      const origin = linkOrigin(deps.publicUrl, domain)
      const { payout, event, status, ...visit } = request.body
      const report = {
        payout: formatMicros(payout),
        ...(event !== undefined && { event }),
        ...(status !== undefined && { status }),
      }
      const order = { workspace, campaign, origin, report, ...visit }
      const { clickId, steps } = await new TestChain(deps, order).run()
      return { ok: steps.every(({ state }) => state !== 'failed'), clickId, steps: [...steps] }
    },
  })
}
