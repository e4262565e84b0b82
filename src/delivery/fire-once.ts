import { newRecordId } from '../store/ids.ts'
import type { Answer } from './answer.ts'
import type { Guard } from './guard.ts'
import { type Call, createSender, type SendResult } from './send.ts'
import type { SendFailureCode } from './send-failure.ts'

/** What a call became that was made once, for a person who watches. */
export type FiredCall = {
  /** As it was last sent, after redirects. */
  readonly request: SendResult['request']
  /** Undefined when none came; its body is cut at 4 kB. */
  readonly answer: Answer | undefined
  /** Why no answer came; undefined when one did. */
  readonly failure: { readonly code: SendFailureCode; readonly detail: string } | undefined
  readonly durationMs: number
}

/** Makes a call now, as the delivery worker would, through the guard alone; nothing is queued, retried or recorded. */
export async function fireOnce(
  call: Omit<Call, 'id'>,
  deps: { readonly guard: Guard; readonly version: string; readonly clock: () => number },
): Promise<FiredCall> {
  const startedAt = deps.clock()
  const sender = createSender(deps)
  try {
    const result = await sender.send({ ...call, id: newRecordId(startedAt) }, startedAt)
    const durationMs = Math.max(0, deps.clock() - startedAt)
    const { request } = result
    if (result.kind === 'answered') return { request, answer: result.answer, failure: undefined, durationMs }
    const { code, detail } = result
    return { request, answer: undefined, failure: { code, detail }, durationMs }
  } finally {
    await sender.close()
  }
}
