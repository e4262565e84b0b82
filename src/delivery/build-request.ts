import { isReservedHeader } from '../domain/custom-headers.ts'
import type { Call } from './send.ts'
import { signContent } from './sign.ts'

/** One HTTP request, as it goes out. */
export type WireRequest = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** '' for a GET. */
  readonly body: string
}

/**
 * What is sent to `url`, which is the call's own or one that it was redirected to.
 *
 * Our headers win over the target's. A redirect is signed anew over its own URL: the receiver checks what it received,
 * and a signature tells nobody the secret.
 * @param own the target's headers that this origin may see, by lower-case name.
 */
export function buildRequest(
  call: Call,
  {
    url,
    method,
    own,
    version,
    nowMs,
  }: {
    readonly url: URL
    readonly method: WireRequest['method']
    readonly own: Readonly<Record<string, string>>
    readonly version: string
    readonly nowMs: number
  },
): WireRequest {
  const timestamp = Math.floor(nowMs / 1000)
  const body = method === 'POST' ? call.body : ''
  const headers: Record<string, string> = {
    accept: '*/*',
    ...own,
    'user-agent': `Trailpost/${version}`,
    'webhook-id': call.id,
    'webhook-timestamp': String(timestamp),
  }
  if (method === 'POST' && call.contentType !== '') headers['content-type'] = call.contentType
  if (call.signing.length > 0) {
    const content = method === 'POST' ? body : canonicalUrl(url)
    const signed = call.signing.map((secret) => signContent({ id: call.id, timestamp, content, secret }))
    headers['webhook-signature'] = signed.join(' ')
  }
  return { method, url, headers, body }
}

/** The target's headers by lower-case name, so that none stands beside one of ours in another case. */
export function ownHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const allowed = Object.entries(headers).filter(([name]) => !isReservedHeader(name))
  return Object.fromEntries(allowed.map(([name, value]) => [name.toLowerCase(), value]))
}

/** As the WHATWG parser writes it, without the fragment, which never leaves the sender. */
function canonicalUrl(url: URL): string {
  return url.origin + url.pathname + url.search
}
