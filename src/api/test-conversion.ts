import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import { getAffiliate } from '../store/affiliates.ts'
import { getCampaign } from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import { getOffer } from '../store/offers.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { linkOrigin } from './campaign-link.ts'
import { amountField, eventField } from './fields.ts'
import { firedTestFields } from './fire-test.ts'
import { idParams } from './page.ts'
import { notFound } from './problem.ts'
import { perWorkspace } from './rate-limits.ts'
import { TEST_WAYS, TestChain, type TestOrder } from './test-conversion-chain.ts'

const PARAMS_MAX = 40
const ID_CHARS_MAX = 100
const PAYOUT_MICROS_DEFAULT = 1_000_000
/** What a header may hold. */
const headerField = z.string().regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')

/** Tests of one workspace per minute: each may call servers of others. */
const TESTS_PER_MINUTE = 60

const testFields = {
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
  fire: z
    .boolean()
    .default(false)
    .describe('Really tell the targets, by a conversion that is marked as a test; show what they answer'),
}

const body = z.strictObject(testFields)
const affiliateBody = z.strictObject({
  ...testFields,
  via: z
    .enum(TEST_WAYS)
    .optional()
    .describe("How the advertiser's conversion comes; as the offer's terms say unless told"),
})

const answer = z
  .object({
    ok: z.boolean().describe('No step failed'),
    clickId: z.string().describe("Of the test visit; '' when there was none"),
    steps: z.array(
      z.object({
        step: z
          .string()
          .describe(
            'link, redirect, lander, offer, click id, postback or pixel, token, … notification, told',
          ),
        state: z.enum(['ok', 'warning', 'failed']),
        detail: z.string(),
        url: z.string().describe("What was asked or reached, secrets masked; '' for none"),
        durationMs: z.number().describe('How long this hop took; 0 for what was judged within one'),
        fired: z.object(firedTestFields).optional().describe('Of a notification that was really sent'),
      }),
    ),
  })
  .meta({ id: 'TestConversion' })

/** Shows that a link works, from the link to the notifications, before money is spent on it. */
export function testConversionRoutes(app: ApiApp, deps: ApiDeps): void {
  const config = perWorkspace(TESTS_PER_MINUTE)
  app.post('/api/v1/campaigns/:id/test-conversion', {
    config,
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
      const link = { type: 'campaign', campaign } as const
      return await runChain(deps, request.body, { workspace, link, origin, via: 'postback' })
    },
  })
  app.post('/api/v1/offers/:id/affiliates/:affiliateId/test-conversion', {
    config,
    schema: {
      tags: ['offers'],
      summary:
        "Send a test visit by an affiliate's link and a test conversion of the advertiser; nothing is counted",
      params: idParams.extend({ affiliateId: z.string().min(1).max(ID_CHARS_MAX) }),
      body: affiliateBody,
      response: { 200: answer },
    },
    handler: async (request) => {
      const { db } = deps.store
      const workspace = workspaceOf(request)
      const { id, affiliateId } = request.params
      const offer = await getOffer(db, { workspace, id })
      if (offer === undefined || offer.archivedAt !== null || offer.advertiserId === '') {
        throw notFound("advertiser's offer", id)
      }
      const affiliate = await getAffiliate(db, { workspace, id: affiliateId })
      if (affiliate === undefined || affiliate.archivedAt !== null) throw notFound('affiliate', affiliateId)
      const link = { type: 'affiliate', offer, affiliate } as const
      const { via = offer.terms?.protocol ?? 'postback', ...test } = request.body
      return await runChain(deps, test, { workspace, link, origin: deps.publicUrl, via })
    },
  })
}

async function runChain(
  deps: ApiDeps,
  { payout, event, status, ...visit }: z.output<typeof body>,
  route: Pick<TestOrder, 'workspace' | 'link' | 'origin' | 'via'>,
) {
  const report = {
    payout: formatMicros(payout),
    ...(event !== undefined && { event }),
    ...(status !== undefined && { status }),
  }
  const { clickId, steps } = await new TestChain(deps, { ...route, report, ...visit }).run()
  return { ok: steps.every(({ state }) => state !== 'failed'), clickId, steps: [...steps] }
}
