import type { IncomingMessage } from 'node:http'
import { LIMITS } from '../domain/limits.ts'
import { EDGE_LIMITS } from './edge-limits.ts'

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  /** The sender may still be sending: the connection cannot be used again. */
  | { readonly ok: false; readonly problem: string }
  /** The sender went away; nobody waits for an answer. */
  | { readonly ok: false; readonly problem: 'aborted' }

const TOO_LARGE = `the body is larger than ${LIMITS.bodyBytesMax} bytes`

/**
 * Reads a request's body up to LIMITS.bodyBytesMax. What is over is thrown away, but read on for a while: closing
 * a connection on a sender in mid-sentence resets it, and the sender would never see the answer.
 */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= LIMITS.bodyBytesMax) chunks.push(chunk)
      if (bytes > EDGE_LIMITS.bodyDiscardedBytesMax) resolve({ ok: false, problem: TOO_LARGE })
    })
    request.once('end', () => {
      resolve(
        bytes <= LIMITS.bodyBytesMax
          ? { ok: true, bytes: Buffer.concat(chunks) }
          : { ok: false, problem: TOO_LARGE },
      )
    })
    request.once('error', () => {
      resolve({ ok: false, problem: 'aborted' })
    })
    request.once('close', () => {
      resolve({ ok: false, problem: 'aborted' })
    })
  })
}
