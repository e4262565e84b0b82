import { SYSTEM_SAID } from '../domain/erasure.ts'
import { isAnswerBody, refusal } from '../domain/target-systems/answer-body.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { SystemVerdict, TargetSystem } from '../domain/target-systems/target-system.ts'
import type { SendResult } from './send.ts'

/** They answer in words, all others in JSON or with nothing. */
const ANSWERS_TEXT: ReadonlySet<TargetSystem> = new Set(['slack'])
/** Of a system's own words, as they are shown with the delivery. */
const REASON_CHARS_MAX = 400

/**
 * What a system's answer means by its own rules: several answer 200 and refuse in the body. Undefined where the status
 * alone decides: for a plain URL, for a system without rules of its own, and when no answer came.
 */
export function verdictOf(
  { system }: { readonly system: TargetSystem | '' },
  result: SendResult,
): SystemVerdict | undefined {
  if (system === '' || result.kind === 'failed') return undefined
  const { status, body } = result.answer
  const verdict = rulesOf(system)?.readAnswer?.({ status, body })
  if (verdict === undefined) return undefined
  // Half of an answer says neither that the call was taken nor that it was refused for good.
  if (result.answer.isBroken === true) return refusal('its answer is too long or broke off', false)
  const isUnreadable = verdict.kind === 'taken' && !ANSWERS_TEXT.has(system) && !isAnswerBody(body)
  return isUnreadable ? refusal('its answer can not be read', false) : verdict
}

/** What an attempt's log says of a failure; '' when there was an answer and nobody refused in it. */
export function attemptError(result: SendResult, verdict: SystemVerdict | undefined): string {
  if (result.kind === 'failed') {
    return result.code === 'credentials' ? `${result.code}: ${result.detail}` : result.code
  }
  return verdict?.kind === 'refused' ? refusalReason(verdict.reason) : ''
}

/** The reason of a delivery that its system refused for good. */
export function refusalReason(said: string): string {
  return `${SYSTEM_SAID}${said}`.replace(/\s+/g, ' ').slice(0, REASON_CHARS_MAX)
}
