import { createHmac, timingSafeEqual } from 'node:crypto'
import { EDGE_LIMITS } from './edge-limits.ts'

export const HOP_PATH = '/hop'

export type Hops = {
  /** The path and query of a second hop to the target; undefined when the target is too long for one. */
  toPath(target: string, nowMs: number): string | undefined
  /** The target, when it was signed here and is not too old. */
  targetOf(rawQuery: string, nowMs: number): string | undefined
}

const QUERY = /^t=([\w-]+)&x=(\d{1,16})&s=([\w-]+)$/

/**
 * The second hop of a double meta refresh: a page of our own host between the link and the offer, so that the
 * browser sends no referrer worth having. The target is signed and short-lived: without the signature the page
 * would be an open redirect, and without the expiry a link once made would be one for good.
 * @param secret the instance's secret.
 */
export function createHops(secret: Uint8Array): Hops {
  // A key of its own, so that no signature made here means anything elsewhere.
  const key = createHmac('sha256', secret).update('trailpost second hop').digest()
  const sign = (target: string, expiresMs: string): Buffer =>
    createHmac('sha256', key).update(`${expiresMs}.${target}`).digest()
  return {
    toPath(target, nowMs) {
      if (target.length > EDGE_LIMITS.hopTargetBytesMax) return undefined
      const encoded = Buffer.from(target).toString('base64url')
      const expiresMs = String(nowMs + EDGE_LIMITS.hopLifetimeMs)
      return `${HOP_PATH}?t=${encoded}&x=${expiresMs}&s=${sign(encoded, expiresMs).toString('base64url')}`
    },
    targetOf(rawQuery, nowMs) {
      const [, encoded = '', expiresMs = '', signature = ''] = QUERY.exec(rawQuery) ?? []
      const given = Buffer.from(signature, 'base64url')
      const right = sign(encoded, expiresMs)
      const isSigned = given.length === right.length && timingSafeEqual(given, right)
      if (!isSigned || nowMs > Number(expiresMs)) return undefined
      return Buffer.from(encoded, 'base64url').toString('utf8')
    },
  }
}
