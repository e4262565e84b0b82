import type { Delivery } from '../store/deliveries.ts'
import type { TargetCalls } from '../store/target-calls.ts'
import { buildFinish } from './attempt-record.ts'
import type { FinishQueue } from './finish-queue.ts'
import type { HostCall } from './host-gate.ts'
import type { Caller } from './make-call.ts'
import { type DeliveryOutcome, decideOutcome, hostHoldMs, isHostFailure, reachedHost } from './outcome.ts'
import type { SendResult } from './send.ts'
import { verdictOf } from './system-verdict.ts'

/** What a delivery is sent and recorded by. */
export type Delivering = {
  readonly workerId: string
  readonly caller: Caller
  readonly finishQueue: FinishQueue
  /** Unix milliseconds. */
  readonly clock: () => number
  /** In [0, 1). */
  readonly random: () => number
}

export type SentDelivery = {
  readonly delivery: Delivery
  readonly result: SendResult
  readonly outcome: DeliveryOutcome
  readonly durationMs: number
}

/**
 * Makes one attempt and records it.
 * @param onEnded told as soon as the call has ended, before its record is written; with undefined when its host was
 *   not reached out to. Always called, and once.
 */
export async function deliver(
  worker: Delivering,
  delivery: Delivery,
  target: TargetCalls | undefined,
  onEnded: (call: HostCall | undefined) => void,
): Promise<SentDelivery> {
  const { clock, random, workerId } = worker
  const startedAt = clock()
  const result = await makeCall(transportFor(worker), delivery, target)
  const now = clock()
  // The clock may be set back meanwhile.
  const durationMs = Math.max(0, now - startedAt)
  const holdMs = hostHoldMs(result, now)
  onEnded(reachedHost(result) ? { failed: isHostFailure(result), durationMs, nowMs: now, holdMs } : undefined)
  const attempt = delivery.attempts - delivery.attemptsBefore + 1
  const verdict = verdictOf(delivery, result)
  const outcome = decideOutcome(result, { attempt, nowMs: now, random: random(), verdict })
  await worker.finishQueue.record(
    buildFinish({ delivery, workerId, result, verdict, outcome, startedAt, now }),
  )
  return { delivery, result, outcome, durationMs }
}

/** How calls are made: all of them over HTTP. */
function transportFor({ caller }: Delivering): Caller {
  return caller
}

/** A call that could not even be put together is a failed attempt like any other: tried again, and seen in the log. */
async function makeCall(
  transport: Caller,
  delivery: Delivery,
  target: TargetCalls | undefined,
): Promise<SendResult> {
  try {
    return await transport.call(delivery, target)
  } catch (error) {
    const { method, url, body } = delivery
    const request = { method, url, headers: {}, body, redirectedFrom: [] }
    const detail = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', request, code: 'not_prepared', detail, forGood: false }
  }
}
