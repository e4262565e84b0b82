import { type IncomingMessage, request } from 'node:http'

const TIMEOUT_MS = 10_000
/** PROTOCOL section 1: the latest click id. */
const CLICK_ID_COOKIE = 'tp_cid='
const BODY_BYTES_MAX = 256 * 1024

/** An answer of the public port. */
export type PublicAnswer = {
  readonly status: number
  /** '' when it has none. */
  readonly location: string
  /** Of the visit that it recorded, by its cookie; '' when it recorded none that goes on. */
  readonly clickId: string
  readonly text: string
  /** What became of a hit, as a pixel's answer says it (PROTOCOL section 2); '' when it says nothing. */
  readonly outcome: string
}

/**
 * Asks the installation's own public port, as a visitor or network does; follows no redirect.
 * @param path path and query.
 * @param headers in lower case; without `host` it is asked under the host of publicUrl.
 * @throws when the port does not answer.
 */
export type PublicRequest = (path: string, headers: Readonly<Record<string, string>>) => Promise<PublicAnswer>

/** The public port on this machine, under the host name that visitors use: its URL may not be reachable from here. */
export function createPublicRequest(at: {
  readonly publicHost: string
  readonly publicPort: number
  readonly publicUrl: string
}): PublicRequest {
  const { host: hostHeader } = new URL(at.publicUrl)
  const host = isAnyAddress(at.publicHost) ? '127.0.0.1' : at.publicHost
  return (path, headers) =>
    new Promise((resolve, reject) => {
      const outgoing = request({
        host,
        port: at.publicPort,
        path,
        headers: { host: hostHeader, ...headers },
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      outgoing.once('error', reject)
      outgoing.once('response', (incoming) => {
        toAnswer(incoming).then(resolve, reject)
      })
      outgoing.end()
    })
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === ''
}

async function toAnswer(incoming: IncomingMessage): Promise<PublicAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new Error(`the answer is longer than ${BODY_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  const { statusCode: status = 0, headers } = incoming
  const text = Buffer.concat(chunks).toString('utf8')
  const outcome = [headers['x-trailpost-outcome']].flat()[0] ?? ''
  const clickId = cookieClickId(headers['set-cookie'])
  return { status, location: headers.location ?? '', clickId, text, outcome }
}

function cookieClickId(cookies: readonly string[] = []): string {
  const found = cookies.find((cookie) => cookie.startsWith(CLICK_ID_COOKIE))
  return found?.slice(CLICK_ID_COOKIE.length).split(';', 1)[0] ?? ''
}
