import type { SystemVerdict } from '../domain/target-systems/target-system.ts'
import { newRecordId } from '../store/ids.ts'
import type { Vault } from '../store/vault.ts'
import { type Answer, cutAnswer } from './answer.ts'
import type { Guard } from './guard.ts'
import { createCaller } from './make-call.ts'
import type { CalledTarget, RenderedCall } from './prepare-call.ts'
import { createSender, type SendResult } from './send.ts'
import type { Mailer } from './send-email.ts'
import type { SendFailureCode } from './send-failure.ts'
import { verdictOf } from './system-verdict.ts'

/** What a call became that was made once, for a person who watches. */
export type FiredCall = {
  /** As it was last sent, after redirects. */
  readonly request: SendResult['request']
  /** Undefined when none came; its body is cut at 4 kB. */
  readonly answer: Answer | undefined
  /** What the answer means to the target's system; undefined where its status alone says so. */
  readonly verdict: SystemVerdict | undefined
  /** Why no answer came; undefined when one did. */
  readonly failure: { readonly code: SendFailureCode; readonly detail: string } | undefined
  readonly durationMs: number
}

/**
 * Makes a call of a target now, as the delivery worker would, with the target's secrets and through the guard alone;
 * nothing is queued, retried or recorded.
 */
export async function fireTarget(
  target: CalledTarget,
  rendered: Omit<RenderedCall, 'id'>,
  deps: {
    readonly guard: Guard
    readonly version: string
    readonly vault: Vault
    readonly mailer?: Mailer | undefined
    readonly clock: () => number
  },
): Promise<FiredCall> {
  const startedAt = deps.clock()
  const sender = createSender(deps)
  try {
    const caller = createCaller({ ...deps, sender })
    const result = await caller.call({ ...rendered, id: newRecordId(startedAt) }, target)
    const durationMs = Math.max(0, deps.clock() - startedAt)
    const { request } = result
    const verdict = verdictOf(target, result)
    if (result.kind === 'answered') {
      return { request, answer: cutAnswer(result.answer), verdict, failure: undefined, durationMs }
    }
    const { code, detail } = result
    return { request, answer: undefined, verdict, failure: { code, detail }, durationMs }
  } finally {
    await sender.close()
  }
}
