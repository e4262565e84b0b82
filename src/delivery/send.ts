import { Agent, type Dispatcher } from 'undici'
import { type Answer, readAnswer } from './answer.ts'
import type { Guard } from './guard.ts'
import { classifySendError, type SendFailureCode } from './send-failure.ts'
import { signContent } from './sign.ts'

/** For one attempt with all its redirects. */
const TOTAL_TIMEOUT_MS = 15_000
const REDIRECTS_MAX = 3
/** Response headers beyond this are a protocol failure. */
const RESPONSE_HEADERS_BYTES_MAX = 16_384
const IDLE_CONNECTION_MS = 4_000
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
  /** The target's own. */
  readonly headers: Readonly<Record<string, string>>
}

/** The call as it was last made, for the log. */
type SentRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** URLs that redirected, in order; the last redirect led to `url`. */
  readonly redirectedFrom: readonly string[]
}

export type SendResult =
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
}

/** Makes outgoing calls by the rules of PROTOCOL section 3, through the guard alone. */
export function createSender(options: SenderOptions): Sender {
  const agent = new Agent({
    connect: options.guard.connect,
    maxHeaderSize: RESPONSE_HEADERS_BYTES_MAX,
    keepAliveTimeout: IDLE_CONNECTION_MS,
  })
  const totalTimeoutMs = options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS
  return {
    send: (call, nowMs) =>
      follow({ ...options, agent, call, nowMs, signal: AbortSignal.timeout(totalTimeoutMs) }),
    close: () => agent.close(),
  }
}

type Attempt = {
  readonly guard: Guard
  readonly version: string
  readonly agent: Agent
  readonly call: Call
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** Calls, and calls again where the answer points, each time through the guard. */
async function follow(attempt: Attempt): Promise<SendResult> {
  const redirectedFrom: string[] = []
  let method = attempt.call.method
  let target = attempt.call.url
  for (;;) {
    const verdict = attempt.guard.checkUrl(target)
    if (!verdict.ok) {
      const request = { method, url: target, headers: {}, body: '', redirectedFrom }
      const forGood = redirectedFrom.length === 0
      return { kind: 'failed', request, code: verdict.code, detail: verdict.reason, forGood }
    }
    const request = buildRequest(attempt, method, verdict.url, redirectedFrom)
    const result = await callOnce(attempt, verdict.url, request)
    const location = result.kind === 'answered' ? redirectOf(result.answer, verdict.url) : undefined
    if (location === undefined) return result
    if (redirectedFrom.length === REDIRECTS_MAX) {
      const detail = `more than ${REDIRECTS_MAX}`
      return { kind: 'failed', request, code: 'too_many_redirects', detail, forGood: false }
    }
    redirectedFrom.push(verdict.url.href)
    // 303 says that the call was taken and its result lies elsewhere. 301 and 302 keep method and body, which
    // RFC 9110 (15.4.2) allows: as a GET without its body, the notification would be lost and look delivered.
    if (result.kind === 'answered' && result.answer.status === 303) method = 'GET'
    target = location
  }
}

async function callOnce(attempt: Attempt, url: URL, request: SentRequest): Promise<SendResult> {
  try {
    const response: Dispatcher.ResponseData = await attempt.agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method === 'POST' ? 'POST' : 'GET',
      headers: request.headers,
      body: request.method === 'POST' ? request.body : null,
      signal: attempt.signal,
    })
    return { kind: 'answered', request, answer: await readAnswer(response) }
  } catch (error) {
    const code = classifySendError(error)
    const detail = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', request, code, detail, forGood: code === 'bad_request' }
  }
}

/**
 * Each redirect is signed anew over its own URL: the receiver checks what it received, and a signature tells
 * nobody the secret.
 */
function buildRequest(
  { call, version, nowMs }: Attempt,
  method: string,
  url: URL,
  redirectedFrom: readonly string[],
): SentRequest {
  const timestamp = Math.floor(nowMs / 1000)
  const body = method === 'POST' ? call.body : ''
  const headers: Record<string, string> = {
    ...call.headers,
    'user-agent': `Trailpost/${version}`,
    accept: '*/*',
    'webhook-id': call.id,
    'webhook-timestamp': String(timestamp),
  }
  if (method === 'POST' && call.contentType !== '') headers['content-type'] = call.contentType
  if (call.signing.length > 0) {
    const content = method === 'POST' ? body : canonicalUrl(url)
    const signed = call.signing.map((secret) => signContent({ id: call.id, timestamp, content, secret }))
    headers['webhook-signature'] = signed.join(' ')
  }
  return { method, url: url.href, headers, body, redirectedFrom: [...redirectedFrom] }
}

/** As the WHATWG parser writes it, without the fragment, which never leaves the sender. */
function canonicalUrl(url: URL): string {
  return url.origin + url.pathname + url.search
}

function redirectOf(answer: Answer, base: URL): string | undefined {
  const { location, status } = answer
  if (!REDIRECT_STATUSES.has(status) || location === undefined) return undefined
  // One that can not be read is handed on as it is: the guard refuses it with a reason.
  return URL.parse(location, base.href)?.href ?? location
}
