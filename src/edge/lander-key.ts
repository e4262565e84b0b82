import { createHmac, timingSafeEqual } from 'node:crypto'

/** A lander that shows itself only to visitors who come with a key. */
type ProtectedLander = { readonly id: string; readonly secret: string }

const MAC_HEX_CHARS = 32
const KEY = /^(\d{1,12})\.([0-9a-f]{32})$/
const SECOND_MS = 1_000

/**
 * The value of `{lander.key}`: `{expiry}.{mac}`, where expiry is in Unix seconds and mac is the first 32 hex digits of
 * HMAC-SHA256 over `{lander id}.{expiry}` under the lander's secret. The lander checks it without asking anybody.
 */
export function createLanderKey(lander: ProtectedLander, expiresMs: number): string {
  const expiry = String(Math.floor(expiresMs / SECOND_MS))
  return `${expiry}.${macOf(lander, expiry)}`
}

/** Whether a key was made for this lander and has not expired. */
export function isLanderKey(lander: ProtectedLander, key: string, nowMs: number): boolean {
  const [, expiry = '', mac = ''] = KEY.exec(key) ?? []
  if (mac === '' || Number(expiry) * SECOND_MS < nowMs) return false
  return timingSafeEqual(Buffer.from(macOf(lander, expiry)), Buffer.from(mac))
}

function macOf({ id, secret }: ProtectedLander, expiry: string): string {
  return createHmac('sha256', secret).update(`${id}.${expiry}`).digest('hex').slice(0, MAC_HEX_CHARS)
}
