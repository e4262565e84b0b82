import { GONE_STATUS } from '../domain/delivery-rules.ts'
import type { SystemVerdict } from '../domain/target-systems/target-system.ts'
import { TARGET_GONE } from '../store/delivery-closing.ts'
import { nextAttemptAt, parseRetryAfter } from './retry-schedule.ts'
import type { SendResult } from './send.ts'
import { refusalReason } from './system-verdict.ts'

const TOO_MANY_REQUESTS = 429
const UNAVAILABLE = 503

/**
 * What a delivery becomes after an attempt.
 *
 * delivered   2xx
 * dead        refused for good, or the schedule is used up
 * gone        410, unless its system took the call or says that it may pass later: dead as well, and the target is
 *             disabled with all that waits for it
 * retry       everything else, 4xx too: receivers answer 404 while they deploy, and 400 for their own faults
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly at: number }
  | { readonly kind: 'dead'; readonly reason: string }
  | { readonly kind: 'gone'; readonly reason: string }

export function decideOutcome(
  result: SendResult,
  context: {
    /** Attempts since the schedule began, this one included. */
    readonly attempt: number
    readonly nowMs: number
    /** In [0, 1). */
    readonly random: number
    /** What the answer means to the target's system: it goes before the status, which says little there. */
    readonly verdict?: SystemVerdict | undefined
  },
): DeliveryOutcome {
  if (result.kind === 'failed' && result.forGood) return { kind: 'dead', reason: result.code }
  const { verdict } = context
  if (verdict?.kind === 'taken') return { kind: 'delivered' }
  const mayPass = verdict?.kind === 'refused' && !verdict.forGood
  if (result.kind === 'answered' && result.answer.status === GONE_STATUS && !mayPass) {
    return { kind: 'gone', reason: TARGET_GONE }
  }
  if (verdict?.kind === 'refused' && verdict.forGood) {
    return { kind: 'dead', reason: refusalReason(verdict.reason) }
  }
  if (result.kind === 'answered' && verdict === undefined) {
    const { status } = result.answer
    if (status >= 200 && status < 300) return { kind: 'delivered' }
  }
  const retryAfter = result.kind === 'answered' ? result.answer.headers['retry-after'] : undefined
  const at = nextAttemptAt({ ...context, retryAfter })
  return at === undefined ? { kind: 'dead', reason: 'attempts_used_up' } : { kind: 'retry', at }
}

/** Codes of calls that were given up before anything was asked of their host. */
const NOT_SENT: ReadonlySet<string> = new Set(['credentials', 'not_prepared', 'refused_url', 'bad_request'])

/** What the mail server says of one e-mail: it is there, and takes those to others. */
const OF_ONE_MAIL: ReadonlySet<string> = new Set(['smtp_deferred', 'smtp_refused'])

/** Whether the call says anything of its host. */
export function reachedHost(result: SendResult): boolean {
  return result.kind === 'answered' || !NOT_SENT.has(result.code)
}

/**
 * Whether the attempt says that the host is in trouble, and not this one URL: no answer, too many requests, or
 * an error of the server. What the breaker counts.
 */
export function isHostFailure(result: SendResult): boolean {
  if (!reachedHost(result) || (result.kind === 'failed' && OF_ONE_MAIL.has(result.code))) return false
  if (result.kind === 'failed') return !result.forGood && result.request.redirectedFrom.length === 0
  return result.answer.status >= 500 || result.answer.status === TOO_MANY_REQUESTS
}

/** For how long the host asked for no calls at all, milliseconds from now; 0 when it did not. */
export function hostHoldMs(result: SendResult, nowMs: number): number {
  if (result.kind === 'failed' || result.request.redirectedFrom.length > 0) return 0
  const { status, headers } = result.answer
  if (status !== TOO_MANY_REQUESTS && status !== UNAVAILABLE) return 0
  return parseRetryAfter(headers['retry-after'] ?? '', nowMs) ?? 0
}
