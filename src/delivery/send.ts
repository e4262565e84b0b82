import { type Answer, cutAnswer, readAnswer } from './answer.ts'
import { buildRequest, ownHeaders, type WireRequest } from './build-request.ts'
import { type CallPhases, CallTrace, sumPhases } from './call-phases.ts'
import type { Guard } from './guard.ts'
import { HttpPools } from './http-pools.ts'
import { maskAnswer, maskHeaders, maskText } from './mask-secrets.ts'
import { isMail, type Mailer, NO_MAILER } from './send-email.ts'
import { classifySendError, InterimFloodError, type SendFailureCode } from './send-failure.ts'

/** For one attempt with all its redirects. */
const TOTAL_TIMEOUT_MS = 15_000
const REDIRECTS_MAX = 3
/** Of one answer: 103 and the like say that a real one is coming, and an endless row of them that none is. */
const INTERIM_ANSWERS_MAX = 16
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** One call, as it is to be made. */
export type Call = {
  /** The delivery's id: the same on every attempt. */
  readonly id: string
  readonly method: string
  readonly url: string
  /** Sent with POST only. */
  readonly body: string
  readonly contentType: string
  /** Standard Webhooks secrets, newest first: each signs. Empty for unsigned. */
  readonly signing: readonly string[]
  /** The target's own and its system's: any value may be a credential, and none is logged. */
  readonly headers: Readonly<Record<string, string>>
  /** Credentials that stand in the URL or the body: masked wherever a log would show them. */
  readonly secretValues?: readonly string[]
  /** Of the answer's body, in place of what is kept for people to look at. */
  readonly answerBytesKept?: number
  /** The answer's body says whether the call was taken: it is read in full. */
  readonly isJudgedByBody?: boolean
}

/** The call as it was last made, for the log: with its secrets masked. */
export type SentRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** URLs that redirected, in order; the last redirect led to `url`. */
  readonly redirectedFrom: readonly string[]
}

export type SendResult = Sent & {
  /** Undefined for what went no way of HTTP. */
  readonly phases?: CallPhases | undefined
}

type Sent =
  | { readonly kind: 'answered'; readonly request: SentRequest; readonly answer: Answer }
  | {
      readonly kind: 'failed'
      readonly request: SentRequest
      readonly code: SendFailureCode
      readonly detail: string
      /** The call as it stands can never be made; what a redirect or a name led to may change. */
      readonly forGood: boolean
    }

export type Sender = {
  /** Makes the call once. Never rejects: whatever the outside world does is a result. */
  send(call: Call, nowMs: number): Promise<SendResult>
  /** Closes idle connections; sends in flight are finished first. */
  close(): Promise<void>
}

export type SenderOptions = {
  readonly guard: Guard
  /** Of the product, for User-Agent. */
  readonly version: string
  readonly totalTimeoutMs?: number
  /** Sends what goes to a mailto address; without one it fails for the time being. */
  readonly mailer?: Mailer | undefined
}

/** Makes outgoing calls by the rules of PROTOCOL section 3, through the guard alone. */
export function createSender(options: SenderOptions): Sender {
  const pools = new HttpPools(options)
  const { totalTimeoutMs = TOTAL_TIMEOUT_MS, mailer = NO_MAILER } = options
  return {
    async send(call, nowMs) {
      if (isMail(call)) return await mailer.send(call)
      const stop = new AbortController()
      const timeout = () => stop.abort(new DOMException(`no answer in ${totalTimeoutMs} ms`, 'TimeoutError'))
      const timer = setTimeout(timeout, totalTimeoutMs)
      const traces: CallTrace[] = []
      try {
        const sent = await follow({ ...options, pools, call, nowMs, signal: stop.signal, traces })
        return { ...sent, phases: sumPhases(traces) }
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => pools.close(),
  }
}

type Attempt = {
  readonly guard: Guard
  readonly version: string
  readonly pools: HttpPools
  readonly call: Call
  readonly nowMs: number
  readonly signal: AbortSignal
  /** One for each request that goes out. */
  readonly traces: CallTrace[]
}

/** Where the call is on its way along redirects. */
type Hop = {
  readonly method: WireRequest['method']
  /** Still at the target's own origin: another gets no header of the target, and neither does what follows it. */
  readonly isHome: boolean
  /** URLs that redirected, in order. */
  readonly redirectedFrom: readonly string[]
}

/** Calls, and calls again where the answer points, each time through the guard. */
async function follow(attempt: Attempt): Promise<Sent> {
  const { call, guard } = attempt
  let hop: Hop = {
    method: call.method === 'POST' ? 'POST' : 'GET',
    isHome: true,
    redirectedFrom: [],
  }
  let target = call.url
  for (;;) {
    const verdict = guard.checkUrl(target)
    if (!verdict.ok) {
      const request = toLog(attempt, hop, { method: hop.method, url: target, headers: {}, body: '' })
      const forGood = hop.redirectedFrom.length === 0
      return { kind: 'failed', request, code: verdict.code, detail: verdict.reason, forGood }
    }
    const { url } = verdict
    const request = buildRequest(call, { ...attempt, url, method: hop.method, own: ownOf(attempt, hop) })
    const result = await callOnce(attempt, hop, request)
    const location = result.kind === 'answered' ? redirectOf(result.answer, url) : undefined
    if (result.kind === 'failed' || location === undefined) return masked(result, attempt)
    const next = nextHop(hop, { url, location, status: result.answer.status })
    const refusal = refuseHop(attempt, next)
    if (refusal !== undefined) return { kind: 'failed', request: result.request, ...refusal, forGood: false }
    hop = next
    target = location
  }
}

async function callOnce(attempt: Attempt, hop: Hop, request: WireRequest): Promise<Sent> {
  const { url, method, headers, body } = request
  const logged = toLog(attempt, hop, { ...request, url: url.href })
  const trace = new CallTrace()
  attempt.traces.push(trace)
  try {
    const response = await attempt.pools.of(url.origin).request({
      path: url.pathname + url.search,
      method,
      headers,
      body: method === 'POST' ? body : null,
      signal: attempt.signal,
      onInfo: interimCounter(),
      opaque: trace,
    })
    trace.answered()
    return {
      kind: 'answered',
      request: logged,
      answer: await readAnswer(response, readingOf(attempt.call)),
    }
  } catch (error) {
    const code = classifySendError(error)
    const detail = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', request: logged, code, detail, forGood: code === 'bad_request' }
  } finally {
    trace.ended()
  }
}

function interimCounter(): () => void {
  let seen = 0
  return () => {
    seen += 1
    if (seen > INTERIM_ANSWERS_MAX) throw new InterimFloodError(INTERIM_ANSWERS_MAX)
  }
}

/**
 * What the target's owner gave for its receiver is for that receiver alone: once the way has left its origin, none of the
 * target's headers goes along (RFC 9110, 15.4; Fetch, "HTTP-redirect fetch"), also not on the way back.
 *
 * 303 says that the call was taken and its result lies elsewhere. 301 and 302 keep method and body, which RFC 9110
 * (15.4.2) allows: as a GET without its body, the notification would be lost and look delivered.
 */
function nextHop(
  hop: Hop,
  { url, location, status }: { readonly url: URL; readonly location: string; readonly status: number },
): Hop {
  return {
    method: status === 303 ? 'GET' : hop.method,
    isHome: hop.isHome && URL.parse(location)?.origin === url.origin,
    redirectedFrom: [...hop.redirectedFrom, url.href],
  }
}

function ownOf({ call }: Attempt, { isHome }: Hop): Readonly<Record<string, string>> {
  return isHome ? ownHeaders(call.headers) : {}
}

type Refusal = { readonly code: SendFailureCode; readonly detail: string }

/** A body with credentials in it stays with the origin that they are for. */
function refuseHop({ call }: Attempt, { isHome, method, redirectedFrom }: Hop): Refusal | undefined {
  if (redirectedFrom.length > REDIRECTS_MAX) {
    return { code: 'too_many_redirects', detail: `more than ${REDIRECTS_MAX}` }
  }
  const leaks = !isHome && method === 'POST' && maskText(call.body, call.secretValues ?? []) !== call.body
  if (!leaks) return undefined
  return { code: 'refused_redirect', detail: 'credentials are not sent on to another origin' }
}

function toLog(attempt: Attempt, hop: Hop, request: Omit<SentRequest, 'redirectedFrom'>): SentRequest {
  const { call } = attempt
  const mask = (text: string) => maskText(text, call.secretValues ?? [])
  return {
    method: request.method,
    url: mask(request.url),
    headers: maskHeaders(request.headers, ownOf(attempt, hop)),
    body: mask(request.body),
    redirectedFrom: hop.redirectedFrom.map(mask),
  }
}

function masked(result: Sent, { call }: Attempt): Sent {
  if (result.kind === 'failed') return result
  const secrets = { headers: call.headers, values: call.secretValues ?? [] }
  return { ...result, answer: cutAnswer(maskAnswer(result.answer, secrets), readingOf(call)) }
}

function readingOf({ answerBytesKept, isJudgedByBody }: Call) {
  return { bytesKept: answerBytesKept, isJudged: isJudgedByBody }
}

function redirectOf(answer: Answer, base: URL): string | undefined {
  const { location, status } = answer
  if (!REDIRECT_STATUSES.has(status) || location === undefined) return undefined
  // One that can not be read is handed on as it is: the guard refuses it with a reason.
  return URL.parse(location, base.href)?.href ?? location
}
