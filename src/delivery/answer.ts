import type { Dispatcher } from 'undici'

/** Kept of an answer's body, for people who look why a receiver refuses. */
const BODY_BYTES_KEPT = 4_096
/** Read besides: a secret that begins before the cut and ends behind it is masked before it is cut. */
const BODY_BYTES_MASKED = 16_384
/** Read of a body that says whether the call was taken; a longer one is none of a system's answers. */
const JUDGED_BYTES_MAX = 65_536
/** Read and thrown away beyond that, to keep the connection for the next call; then the connection is cut. */
const BODY_BYTES_READ_MAX = 131_072
/** The status has decided by then; a body that dribbles in is not worth more waiting. */
const BODY_WAIT_MS = 2_000
/** Longer than the total time-out, which ends it. */
const JUDGED_WAIT_MS = 60_000
const HEADERS_KEPT = 40
const HEADER_CHARS_KEPT = 512

/** What a receiver answered. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The whole Location header: cut, it would lead somewhere else. */
  readonly location: string | undefined
  /** Of a body that had to be read in full: it was too long, or broke off. */
  readonly isBroken?: true
}

export type AnswerReading = {
  readonly bytesKept?: number | undefined
  /** The body says whether the call was taken: it is waited for until the total time-out. */
  readonly isJudged?: boolean | undefined
}

/**
 * Reads an answer whose status line and headers are in. Never fails: a body that is endless, slow or broken
 * off is kept as far as it came, since the receiver has acted on the call when it sent its status. Anything
 * else would call it again for a transfer that nobody needs.
 */
export async function readAnswer(
  response: Dispatcher.ResponseData<unknown>,
  reading: AnswerReading = {},
): Promise<Answer> {
  const { text, isWhole } = await readBody(response.body, {
    bytesMax: bytesToKeep(reading) + BODY_BYTES_MASKED,
    waitMs: reading.isJudged === true ? JUDGED_WAIT_MS : BODY_WAIT_MS,
  })
  const isBroken = reading.isJudged === true && (!isWhole || Buffer.byteLength(text) > JUDGED_BYTES_MAX)
  return {
    ...(isBroken ? { isBroken } : {}),
    status: response.statusCode,
    headers: toHeaders(response.headers),
    body: text,
    location: [response.headers.location ?? []].flat()[0],
  }
}

function bytesToKeep({ bytesKept = BODY_BYTES_KEPT, isJudged }: AnswerReading): number {
  return isJudged === true ? JUDGED_BYTES_MAX : bytesKept
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  { bytesMax, waitMs }: { readonly bytesMax: number; readonly waitMs: number },
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const kept: Buffer[] = []
  const timer = setTimeout(() => body.destroy(), waitMs)
  let bytes = 0
  let isWhole = false
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) break
      if (bytes < bytesMax) kept.push(chunk.subarray(0, bytesMax - bytes))
      bytes += chunk.length
      // Leaving the loop destroys the body and with it the connection.
      if (bytes >= BODY_BYTES_READ_MAX) break
    }
    isWhole = bytes < BODY_BYTES_READ_MAX
  } catch {
    // Cut by the timer, by the total time-out or by the receiver: what came so far is the body.
  } finally {
    clearTimeout(timer)
  }
  return { text: Buffer.concat(kept).toString('utf8'), isWhole }
}

/** As they came: the client has bounded all of them together. */
function toHeaders(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  const joined = Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')])
  return Object.fromEntries(joined)
}

/** Cut to bounds: after its secrets are masked, of which a part may lie before the cut. */
export function cutAnswer(answer: Answer, reading: AnswerReading = {}): Answer {
  const kept = Object.entries(answer.headers).slice(0, HEADERS_KEPT)
  const headers = Object.fromEntries(
    kept.map(([name, value]) => [name.slice(0, HEADER_CHARS_KEPT), value.slice(0, HEADER_CHARS_KEPT)]),
  )
  const bytes = Buffer.from(answer.body)
  return { ...answer, headers, body: bytes.subarray(0, bytesToKeep(reading)).toString('utf8') }
}
