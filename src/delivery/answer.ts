import type { Dispatcher } from 'undici'

/** Kept of an answer's body, for people who look why a receiver refuses. */
const BODY_BYTES_KEPT = 4_096
/** Read besides: a secret that begins before the cut and ends behind it is masked before it is cut. */
const BODY_BYTES_MASKED = 16_384
/** Read and thrown away beyond that, to keep the connection for the next call; then the connection is cut. */
const BODY_BYTES_READ_MAX = 65_536
/** The status has decided by then; a body that dribbles in is not worth more waiting. */
const BODY_WAIT_MS = 2_000
const HEADERS_KEPT = 40
const HEADER_CHARS_KEPT = 512

/** What a receiver answered. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The whole Location header: cut, it would lead somewhere else. */
  readonly location: string | undefined
}

/**
 * Reads an answer whose status line and headers are in. Never fails: a body that is endless, slow or broken
 * off is kept as far as it came, since the receiver has acted on the call when it sent its status. Anything
 * else would call it again for a transfer that nobody needs.
 */
export async function readAnswer(
  response: Dispatcher.ResponseData,
  bytesKept = BODY_BYTES_KEPT,
): Promise<Answer> {
  return {
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: await readBody(response.body, bytesKept + BODY_BYTES_MASKED),
    location: [response.headers.location ?? []].flat()[0],
  }
}

async function readBody(body: Dispatcher.ResponseData['body'], bytesKept: number): Promise<string> {
  const kept: Buffer[] = []
  const timer = setTimeout(() => body.destroy(), BODY_WAIT_MS)
  let bytes = 0
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) break
      if (bytes < bytesKept) kept.push(chunk.subarray(0, bytesKept - bytes))
      bytes += chunk.length
      // Leaving the loop destroys the body and with it the connection.
      if (bytes >= BODY_BYTES_READ_MAX) break
    }
  } catch {
    // Cut by the timer, by the total time-out or by the receiver: what came so far is the body.
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(kept).toString('utf8')
}

/** As they came: the client has bounded all of them together. */
function toHeaders(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  const joined = Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')])
  return Object.fromEntries(joined)
}

/** Cut to bounds: after its secrets are masked, of which a part may lie before the cut. */
export function cutAnswer(answer: Answer, bytesKept = BODY_BYTES_KEPT): Answer {
  const kept = Object.entries(answer.headers).slice(0, HEADERS_KEPT)
  const headers = Object.fromEntries(
    kept.map(([name, value]) => [name.slice(0, HEADER_CHARS_KEPT), value.slice(0, HEADER_CHARS_KEPT)]),
  )
  const bytes = Buffer.from(answer.body)
  return { ...answer, headers, body: bytes.subarray(0, bytesKept).toString('utf8') }
}
