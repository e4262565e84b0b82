import { z } from 'zod'
import { renderTestTarget, type TestSubject } from '../conversions/render-test-target.ts'
import type { FiredCall } from '../delivery/fire-target.ts'
import type { SystemCall } from '../domain/target-systems/target-system.ts'
import { loadConfiguration } from '../store/load-configuration.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import type { ApiDeps } from './api-deps.ts'
import { whyNotSent } from './portal-delivery-words.ts'

/** Tests of one person's targets per minute: each calls somebody's server. */
export const TESTS_PER_MINUTE = 20

/** What a test of a target answers. */
export const firedTestFields = {
  kind: z.enum(['call', 'pixel', 'problem']).describe('What the test did: called, or rendered a pixel'),
  ok: z.boolean().describe('The receiver took it; a pixel was rendered'),
  reason: z.string().describe("What went wrong; '' when nothing did"),
  request: z
    .object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).describe('Those that are secret with *** as their value'),
      body: z.string(),
    })
    .nullable()
    .describe('As it was sent, after redirects; as it would be, when it waits for approval'),
  answer: z
    .object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string().describe('First 4 kB'),
    })
    .nullable()
    .describe('Null when none came'),
  durationMs: z.number(),
  markup: z.string().describe("Of a pixel: the element that the visitor's browser is given"),
}

export const firedTestSchema = z.object(firedTestFields).meta({ id: 'NotificationTargetTest' })

export type FiredTest = z.input<z.ZodObject<typeof firedTestFields>>

const NOTHING = { ok: false, reason: '', request: null, answer: null, durationMs: 0, markup: '' }

/** Fires one marked conversion at a target, whatever its status; nothing is counted, queued or kept. */
export async function fireTest(
  { store, ownHosts, fireTarget, clock }: Pick<ApiDeps, 'store' | 'ownHosts' | 'fireTarget' | 'clock'>,
  target: StoredTarget,
  of: Pick<TestSubject, 'affiliate' | 'offer' | 'payouts'>,
): Promise<FiredTest> {
  const subject = { ...of, ownHosts, now: clock() }
  const rendered = renderTestTarget(target, await loadConfiguration(store.db), subject)
  if (rendered.kind === 'problem') return { ...NOTHING, kind: 'problem', reason: whyNotSent(rendered.reason) }
  if (rendered.kind === 'pixel') return { ...NOTHING, kind: 'pixel', ok: true, markup: rendered.markup }
  // A person has not seen this text yet, or did not want it: nothing of it leaves.
  if (target.moderation !== 'approved') {
    const { method, url, body } = rendered.call
    const reason = whyNotSent(`moderation ${target.moderation}`)
    return { ...NOTHING, kind: 'problem', reason, request: { method, url, headers: {}, body } }
  }
  return await fireCall({ fireTarget }, target, rendered.call)
}

/** Makes one call of a target now, and tells how it went. */
export async function fireCall(
  { fireTarget }: Pick<ApiDeps, 'fireTarget'>,
  target: StoredTarget,
  call: SystemCall,
): Promise<FiredTest> {
  return toCallView(await fireTarget(target, call))
}

function toCallView(fired: FiredCall): FiredTest {
  const { request, answer, durationMs } = fired
  const { method, url, headers, body } = request
  const reason = whyRefused(fired)
  return {
    ...NOTHING,
    kind: 'call',
    ok: reason === '',
    reason,
    request: { method, url, headers: { ...headers }, body },
    answer:
      answer === undefined
        ? null
        : { status: answer.status, headers: { ...answer.headers }, body: answer.body },
    durationMs,
  }
}

/** '' when the receiver took it. A system may answer 200 and refuse in the body. */
function whyRefused({ answer, verdict, failure }: FiredCall): string {
  if (failure !== undefined) return failure.detail
  if (verdict?.kind === 'refused') return verdict.reason
  const isTaken = answer !== undefined && answer.status >= 200 && answer.status < 300
  return isTaken ? '' : `The receiver answered ${answer?.status}.`
}
