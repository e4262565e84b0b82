import { randomBytes } from 'node:crypto'

/** Crockford's base 32 in lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const CONFIGURATION_ID_CHARS = 10
const RECORD_TIME_CHARS = 9
const RECORD_RANDOM_CHARS = 11

/** Id of something configured (an offer, a campaign): short, since people see it in links. 50 random bits. */
export function newId(): string {
  return randomText(CONFIGURATION_ID_CHARS)
}

/**
 * Id of something recorded in numbers (a conversion, a delivery): 20 characters that sort by time, so that
 * the newest rows lie together in the index, and 55 random bits.
 */
export function newRecordId(nowMs: number): string {
  let time = ''
  for (let rest = nowMs; time.length < RECORD_TIME_CHARS; rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time
  }
  return time + randomText(RECORD_RANDOM_CHARS)
}

/** Random bytes are drawn in bulk: one call of the system's generator costs more than a hundred ids. */
const POOL_BYTES = 4_096
const pool = { bytes: Buffer.alloc(0), used: 0 }

function randomText(chars: number): string {
  if (pool.used + chars > pool.bytes.length) {
    pool.bytes = randomBytes(POOL_BYTES)
    pool.used = 0
  }
  let text = ''
  for (const byte of pool.bytes.subarray(pool.used, pool.used + chars)) text += ALPHABET.charAt(byte & 31)
  pool.used += chars
  return text
}
