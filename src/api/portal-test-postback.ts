import { z } from 'zod'
import { renderTestTarget } from '../conversions/render-test-target.ts'
import type { FiredCall } from '../delivery/fire-target.ts'
import { loadConfiguration } from '../store/load-configuration.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import { getTargetOfAffiliate } from '../store/portal-targets.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { callerOf } from './caller.ts'
import { idParams } from './page.ts'
import { type PortalUser, portalUser } from './portal-affiliate.ts'
import { whyNotSent } from './portal-delivery-words.ts'
import { loadStanding } from './portal-standings.ts'
import { notFound } from './problem.ts'

/** Tests of one affiliate per minute: each calls somebody's server. */
const TESTS_PER_MINUTE = 20

const body = z
  .strictObject({
    offerId: z
      .string()
      .max(64)
      .default('')
      .describe("For a global postback: which offer the test conversion is of; '' for none"),
  })
  .nullish()

const testSchema = z
  .object({
    kind: z.enum(['call', 'pixel', 'problem']).describe('What the test did: called, or rendered a pixel'),
    ok: z.boolean().describe('The receiver answered 2xx; a pixel was rendered'),
    reason: z.string().describe("What went wrong; '' when nothing did"),
    request: z
      .object({ method: z.string(), url: z.string(), body: z.string() })
      .nullable()
      .describe('As it was sent, after redirects; as it would be, when it waits for approval'),
    answer: z
      .object({ status: z.int(), body: z.string().describe('First 4 kB') })
      .nullable()
      .describe('Null when none came'),
    durationMs: z.number(),
    markup: z.string().describe("Of a pixel: the element that the visitor's browser is given"),
  })
  .meta({ id: 'PortalPostbackTest' })

/** The Test button: one marked conversion, sent at once to one target; nothing is counted, queued or kept. */
export function portalTestPostbackRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post('/api/v1/portal/postbacks/:id/test', {
    config: {
      rateLimit: {
        max: TESTS_PER_MINUTE,
        timeWindow: 60_000,
        keyGenerator: (request) => callerOf(request).affiliateId,
      },
    },
    schema: {
      tags: ['portal'],
      summary: 'Test: fire a marked conversion at a postback now, and show the request and the answer',
      params: idParams,
      body,
      response: { 200: testSchema },
    },
    handler: async (request) => {
      const { db } = deps.store
      const user = await portalUser(db, request)
      const { id } = request.params
      const target = await getTargetOfAffiliate(db, user, id)
      if (target === undefined) throw notFound('postback', id)
      return await test(deps, user, { target, offerId: target.offerId || (request.body?.offerId ?? '') })
    },
  })
}

async function test(
  deps: ApiDeps,
  user: PortalUser,
  { target, offerId }: { readonly target: StoredTarget; readonly offerId: string },
): Promise<z.input<typeof testSchema>> {
  const { store, ownHosts } = deps
  const now = deps.clock()
  const standing = offerId === '' ? undefined : await loadStanding(store, user, { id: offerId, now })
  const { offer, application } = standing ?? {}
  const subject = { affiliate: user.affiliate, offer, payouts: application?.payouts, ownHosts, now }
  const rendered = renderTestTarget(target, await loadConfiguration(store.db), subject)
  if (rendered.kind === 'problem') return { ...NOTHING, kind: 'problem', reason: whyNotSent(rendered.reason) }
  if (rendered.kind === 'pixel') return { ...NOTHING, kind: 'pixel', ok: true, markup: rendered.markup }
  // A person has not seen this text yet, or did not want it: nothing of it leaves.
  if (target.moderation !== 'approved') {
    const { method, url, body: unsent } = rendered.call
    const reason = whyNotSent(`moderation ${target.moderation}`)
    return { ...NOTHING, kind: 'problem', reason, request: { method, url, body: unsent } }
  }
  return toCallView(await deps.fireTarget(target, rendered.call))
}

const NOTHING = { ok: false, reason: '', request: null, answer: null, durationMs: 0, markup: '' }

function toCallView({
  request,
  answer,
  verdict,
  failure,
  durationMs,
}: FiredCall): z.input<typeof testSchema> {
  const { method, url, body: sent } = request
  const isTaken = verdict === undefined || verdict.kind === 'taken'
  const ok = answer !== undefined && isTaken && answer.status >= 200 && answer.status < 300
  return {
    kind: 'call',
    ok,
    reason: failure === undefined ? (ok ? '' : `The receiver answered ${answer?.status}.`) : failure.detail,
    request: { method, url, body: sent },
    answer: answer === undefined ? null : { status: answer.status, body: answer.body },
    durationMs,
    markup: '',
  }
}
