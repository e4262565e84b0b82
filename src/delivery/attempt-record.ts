import type { SystemVerdict } from '../domain/target-systems/target-system.ts'
import type { Delivery } from '../store/deliveries.ts'
import type { FinishedAttempt } from '../store/delivery-finish.ts'
import type { Finish } from './finish-queue.ts'
import type { DeliveryOutcome } from './outcome.ts'
import type { SendResult } from './send.ts'
import { attemptError } from './system-verdict.ts'

/** Of a body, our own, which is on the delivery in full, or an answer's. */
const BODY_CHARS_LOGGED = 4_096

/**
 * What is written about one attempt, and what becomes of its delivery. Whatever others said goes through here, and in
 * none of it is left what an engine refuses.
 */
export function buildFinish(attempt: {
  readonly delivery: Delivery
  readonly workerId: string
  readonly result: SendResult
  /** What the answer means to the delivery's system; undefined where its status alone says so. */
  readonly verdict?: SystemVerdict | undefined
  readonly outcome: DeliveryOutcome
  readonly startedAt: number
  readonly now: number
}): Finish {
  const { delivery, now } = attempt
  const { result, verdict, outcome } = toStorable({
    result: attempt.result,
    verdict: attempt.verdict,
    outcome: attempt.outcome,
  })
  const { targetId, workspace } = delivery
  const reason = outcome.kind === 'dead' || outcome.kind === 'gone' ? outcome.reason : ''
  const error = attemptError(result, verdict)
  const isDelivered = outcome.kind === 'delivered'
  return {
    attempt: {
      deliveryId: delivery.id,
      workerId: attempt.workerId,
      startedAt: attempt.startedAt,
      // The clock may be set back meanwhile.
      durationMs: Math.max(0, now - attempt.startedAt),
      phasesJson: toPhasesJson(result, attempt.startedAt - delivery.dueAt),
      ...toLog(result),
      error,
      state: stateOf(outcome),
      reason,
      dueAt: outcome.kind === 'retry' ? outcome.at : delivery.dueAt,
      now,
    },
    health: { targetId, workspace, isDelivered, error: error === '' ? toStatusText(result) : error, at: now },
    madeAt: delivery.createdAt,
    goneReason: outcome.kind === 'gone' ? reason : undefined,
  }
}

/**
 * With U+FFFD for U+0000 in every text: PostgreSQL takes none, and receivers, proxies and mail servers are free to send
 * them, also as an escape in JSON.
 */
function toStorable<Value>(value: Value): Value
function toStorable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD')
  if (Array.isArray(value)) return value.map((item) => toStorable(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toStorable(inner)]))
}

function toStatusText(result: SendResult): string {
  return result.kind === 'answered' ? `answered ${result.answer.status}` : result.code
}

function stateOf(outcome: DeliveryOutcome): FinishedAttempt['state'] {
  switch (outcome.kind) {
    case 'delivered':
      return 'delivered'
    case 'retry':
      return 'pending'
    case 'dead':
    case 'gone':
      return 'dead'
  }
}

/** With how long the delivery had been due: while its host or its target had other calls under way, or was held. */
function toPhasesJson({ phases }: SendResult, waitedMs: number): string | null {
  return phases === undefined ? null : JSON.stringify({ waitedMs: Math.max(0, waitedMs), ...phases })
}

function toLog(result: SendResult) {
  const { request } = result
  const requestJson = JSON.stringify({ ...request, body: request.body.slice(0, BODY_CHARS_LOGGED) })
  if (result.kind === 'failed') {
    return {
      requestJson,
      responseStatus: null,
      responseHeadersJson: '{}',
      responseBody: '',
    }
  }
  return {
    requestJson,
    responseStatus: result.answer.status,
    responseHeadersJson: JSON.stringify(result.answer.headers),
    responseBody: result.answer.body.slice(0, BODY_CHARS_LOGGED),
  }
}
