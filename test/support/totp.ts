import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_SECONDS = 30

/** The code that an authenticator app shows for an otpauth: URI (RFC 6238: SHA-1, six digits, 30 seconds). */
export function totpOf(uri: string, atMs: number): string {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 1_000 / STEP_SECONDS)))
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0xf
  return ((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).toString().padStart(6, '0')
}

/** Shows codes of an otpauth: URI, each another one: it waits where the next is not taken yet. */
export function authenticatorOf(uri: string): () => Promise<string> {
  const now = () => Math.floor(Date.now() / 1_000 / STEP_SECONDS)
  let shown = 0
  return async () => {
    shown = Math.max(shown + 1, now())
    // A code is taken half a minute early.
    while (shown > now() + 1) await sleep(500)
    return totpOf(uri, shown * STEP_SECONDS * 1_000)
  }
}

function fromBase32(text: string): Buffer {
  const bits = text
    .replaceAll('=', '')
    .replaceAll(/./g, (char) => BASE32.indexOf(char.toUpperCase()).toString(2).padStart(5, '0'))
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
